"""Bytes of activations and weights by named definitions: what lives when, where the peak is, what is alive there."""

from __future__ import annotations

from .definition import MemoryDefinition as MemoryDefinition
from .definition import load_definition as load_definition
from .usage import MemoryUse as MemoryUse
from .usage import memory_of as memory_of
