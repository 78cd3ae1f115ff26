"""Modules for tools/compare_tools.py --forms: attention, recurrent cells and norms of tokens, each as code has it.

36 tokens of 24 channels go in. The specs of the same layers, and how their code is written, stand in
tests/truth/tool_forms.yaml by the same names. Nothing is trained.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    """One layer makes queries, keys and values of 4 heads of 4 channels; ``form`` is how they are multiplied."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.parts = nn.Linear(24, 48, bias=False)
        self.form = form

    def forward(self, x):
        q, k, v = (t.view(1, 36, 4, 4).transpose(1, 2) for t in self.parts(x).chunk(3, -1))
        if self.form == "fused":
            out = F.scaled_dot_product_attention(q, k, v)
        elif self.form == "function":
            out = torch.matmul(F.softmax(torch.matmul(q * 0.5, k.transpose(-2, -1)), -1), v)
        else:
            out = ((q * 0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        return out.transpose(1, 2).reshape(1, 36, 16)


class Multihead(nn.Module):
    """nn.MultiheadAttention of 3 heads, whose fast path at inference needs an even number of them."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(24, 3, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


class After(nn.Module):
    """A linear layer without a bias, for tools that want one, and a module or a function of what it makes."""

    def __init__(self, step) -> None:
        super().__init__()
        self.a = nn.Linear(24, 24, bias=False)
        self.step = step

    def forward(self, x):
        made = self.step(self.a(x))
        return made[0] if isinstance(made, tuple) else made


class FunctionalLinear(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(24, 48)

    def forward(self, x):
        return F.linear(x, self.layer.weight, self.layer.bias)


FORMS = {
    "nn.Linear": lambda: nn.Sequential(nn.Linear(24, 48)),
    "F.linear": lambda: FunctionalLinear(),
    "q @ k": lambda: Attention("operator"),
    "torch.matmul(q, k)": lambda: Attention("function"),
    "F.scaled_dot_product_attention": lambda: Attention("fused"),
    "nn.MultiheadAttention": lambda: Multihead(),
    "a @ b": lambda: After(lambda x: x @ x.transpose(-2, -1)),
    "torch.matmul(a, b)": lambda: After(lambda x: torch.matmul(x, x.transpose(-2, -1))),
    "nn.LSTM": lambda: After(nn.LSTM(24, 16, batch_first=True)),
    "nn.LSTM, 2 layers": lambda: After(nn.LSTM(24, 16, num_layers=2, batch_first=True)),
    "nn.LSTM, both ways": lambda: After(nn.LSTM(24, 16, bidirectional=True, batch_first=True)),
    "nn.GRU": lambda: After(nn.GRU(24, 16, batch_first=True)),
    "nn.GRU, 2 layers, both ways": lambda: After(nn.GRU(24, 16, num_layers=2, bidirectional=True, batch_first=True)),
    "nn.LayerNorm": lambda: After(nn.LayerNorm(24)),
    "nn.LayerNorm, no scale": lambda: After(nn.LayerNorm(24, elementwise_affine=False)),
    "nn.RMSNorm": lambda: After(nn.RMSNorm(24)),
    "nn.GELU": lambda: After(nn.GELU()),
}
"""By the names of tests/truth/tool_forms.yaml."""
