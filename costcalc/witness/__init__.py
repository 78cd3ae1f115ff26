"""The witness: a graph as a PyTorch module, and what a forward pass through real tensors measures of it.

Nothing here knows how ops are counted or what shape they should have: :mod:`.builders` sees an op's own arguments
and the tensors that arrive, PyTorch does the rest. torch is imported by the modules of this package, not by itself.
"""

from .needs import OutOfMemory, require_torch

__all__ = ["OutOfMemory", "require_torch"]
