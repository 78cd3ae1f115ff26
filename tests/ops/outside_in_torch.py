"""The attention of :mod:`.outside` in PyTorch."""

from __future__ import annotations

from torch import Tensor, nn


class Attend(nn.Module):
    """Each position of the first tensor looks at all of the second, and takes of the third."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        size = q.shape[2:]
        q, k, v = (x.flatten(2).unflatten(1, (self.heads, -1)) for x in (q, k, v))
        scores = (q.transpose(2, 3) @ k).softmax(-1)
        return (v @ scores.transpose(2, 3)).flatten(1, 2).unflatten(2, size)

    def extra_repr(self) -> str:
        return str(self.heads)
