"""From YAML text to a :class:`costcalc.spec.model.Spec`: positions, sections, tables, expressions. Nothing is run."""
