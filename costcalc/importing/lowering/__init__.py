"""A trace as calls of the spec language: one function for each operation, by registry."""
