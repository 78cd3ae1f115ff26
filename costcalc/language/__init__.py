"""From YAML text to a :class:`.model.Spec`: positions, sections, tables, expressions. Nothing is run."""
