"""Attention, matrix products and recurrent layers, as modules. Torch is all that this file needs."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .windows import rows


class AttentionModule(nn.Module):  # type: ignore[misc]
    """softmax(QKᵀ/√d)V of ``heads`` heads; fewer of keys and values serve several of queries.

    ``bias`` learned values of each head are added to the scores, here one after the other and again from the first,
    or in their place those of ``table``, a channel for each head. ``talking``: a linear layer over the heads before and
    after the softmax.
    """

    def __init__(self, heads: int, bias: int = 0, talking: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.bias = nn.Parameter(torch.zeros(heads, bias)) if bias else None
        self.mix = nn.Parameter(torch.eye(heads).repeat(2, 1, 1)) if talking else None
        self.shift = nn.Parameter(torch.zeros(2, heads)) if talking else None

    def forward(self, q: Tensor, k: Tensor, v: Tensor, table: Tensor | None = None) -> Tensor:
        d = q.shape[1] // self.heads
        queries = rows(q).unflatten(2, (self.heads, d)).transpose(1, 2)
        keys, values = (rows(x).unflatten(2, (k.shape[1] // d, -1)).transpose(1, 2) for x in (k, v))
        serves = self.heads // keys.shape[1]
        keys, values = (x.repeat_interleave(serves, 1) for x in (keys, values))
        mask = None
        added = self.bias if table is None else table.flatten(2)
        if added is not None:
            scores = torch.arange(queries.shape[2] * keys.shape[2], device=q.device) % added.shape[-1]
            mask = added[..., scores].unflatten(-1, (queries.shape[2], keys.shape[2]))
        if self.mix is None or self.shift is None:
            out = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        else:
            weights = queries @ keys.transpose(2, 3) / math.sqrt(d)
            weights = weights if mask is None else weights + mask
            (before, after), (first, second) = self.mix, self.shift
            weights = F.linear(weights.movedim(1, -1), before, first).movedim(-1, 1).softmax(-1)
            out = F.linear(weights.movedim(1, -1), after, second).movedim(-1, 1) @ values
        return out.transpose(2, 3).flatten(1, 2).unflatten(2, q.shape[2:])

    def extra_repr(self) -> str:
        bias = "" if self.bias is None else f", bias={self.bias.shape[1]}"
        return f"{self.heads}{bias}{'' if self.mix is None else ', talking=True'}"


class MatMulModule(nn.Module):  # type: ignore[misc]
    """Positions are rows, channels columns."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (rows(a) @ rows(b)).transpose(1, 2).unflatten(2, a.shape[2:])


class MapLSTM(nn.LSTM):  # type: ignore[misc]
    """LSTM along the positions, row by row."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(rows(x).transpose(0, 1))[0].permute(1, 2, 0).unflatten(2, x.shape[2:])


class MapGRU(nn.GRU):  # type: ignore[misc]
    """GRU along the positions, row by row."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(rows(x).transpose(0, 1))[0].permute(1, 2, 0).unflatten(2, x.shape[2:])
