"""One module for each command, with its name: the tables and documents of an answer. No arguments, no terminal."""
