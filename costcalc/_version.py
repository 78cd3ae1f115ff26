"""The version, in the one place that the package, the build and the command line read it from."""

__version__ = "0.2.0"
