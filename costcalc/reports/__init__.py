"""The answers of the commands as tables and JSON documents: one module for each command, with its name.

Usable from Python, without a terminal: ``show.tables([counted.count(load("net.yaml"), {"alpha": 0.5})])``.
Beside them stands what several share: parameters as people give them, columns described once, values as JSON has them.
"""
