"""Traces of small modules, one for each operation and each gap: tests/importing/records, so that tests need no torch.

    python tools/importer_records.py [NAME …]      needs torch; writes what is missing, or what is named

Each class is a case: its docstring says what it is about, SHAPE is its input. What is expected stands in the trace
itself, which has PyTorch's own counts; of a gap its kind stands in GAP.
"""

# ruff: noqa: N801
# A class has the name of its record.

from __future__ import annotations

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from costcalc.importing.tracing import traced

FOLDER = Path(__file__).parents[1] / "tests" / "importing" / "records"
CASES: dict[str, type[nn.Module]] = {}


class Case(nn.Module):
    SHAPE: tuple[int, ...] = (1, 8, 16, 16)

    def __init_subclass__(cls):
        CASES[cls.__name__] = cls


def conv(i: int, o: int, k: int = 1, **more) -> nn.Module:
    return nn.Conv2d(i, o, k, **more)


class conv_norm_act(Case):
    """One call of the language."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 16, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class conv_read_twice(Case):
    """The convolution's own result is read too: its activation stays apart."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 8, 3, padding=1)

    def forward(self, x):
        y = self.conv(x)
        return y + torch.sigmoid(y)


class conv_groups_dilated(Case):
    def __init__(self):
        super().__init__()
        self.conv = conv(8, 12, 3, groups=4, dilation=2, padding=2)

    def forward(self, x):
        return self.conv(x)


class conv_depthwise(Case):
    def __init__(self):
        super().__init__()
        self.conv = conv(8, 16, 5, groups=8, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x)


class conv_same_padding(Case):
    """TensorFlow's padding, written as a pad of its own."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 8, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class conv_other_padding(Case):
    """A pad on one side that is nobody's: it stays."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 8, 3)

    def forward(self, x):
        return self.conv(F.pad(x, (3, 0, 0, 0)))


class conv_gain(Case):
    """A weight with a gain is a convolution and a scale."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 16, 3, padding=1)
        self.gain = nn.Parameter(torch.ones(16, 1, 1, 1))

    def forward(self, x):
        return F.conv2d(x, self.conv.weight * self.gain, self.conv.bias, padding=1)


class conv_fixed(Case):
    """A blur whose weight is a buffer: no params."""

    def __init__(self):
        super().__init__()
        self.register_buffer("blur", torch.ones(8, 1, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.blur, stride=2, padding=1, groups=8)


class deconv(Case):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1, groups=2)

    def forward(self, x):
        return self.up(x)


class conv1d(Case):
    SHAPE = (1, 4, 50)

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 9, stride=2, padding=4)

    def forward(self, x):
        return self.conv(x)


class conv3d(Case):
    SHAPE = (1, 3, 8, 16, 16)

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(3, 6, (1, 3, 3), padding=(0, 1, 1))
        self.pool = nn.MaxPool3d(2)

    def forward(self, x):
        return self.pool(self.conv(x))


class classifier(Case):
    """A pool, a flatten, a dropout, a linear layer."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(F.dropout(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1), training=False))


class linear_without_bias(Case):
    """As a layer of the map, and as the last one."""

    def __init__(self):
        super().__init__()
        self.each, self.last = nn.Linear(8, 6, bias=False), nn.Linear(6, 10, bias=False)

    def forward(self, x):
        return self.last(self.each(x.permute(0, 2, 3, 1)).mean((1, 2)))


class pool_without_padding(Case):
    """7 positions, where the padding that keeps the size gives 8."""

    def forward(self, x):
        return F.avg_pool2d(F.max_pool2d(x, 3, 2), 2, 1)


class linear_of_the_map(Case):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8 * 16 * 16, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))


class channels_last(Case):
    """A linear layer and a norm on the last dimension are those on channels, wherever the map went."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.fc = nn.Linear(8, 32)
        self.gamma = nn.Parameter(torch.ones(32))

    def forward(self, x):
        return (self.gamma * F.gelu(self.fc(self.norm(x.permute(0, 2, 3, 1))))).permute(0, 3, 1, 2)


class token_mixing(Case):
    """A linear layer over positions."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(256, 64)
        self.back = nn.Linear(64, 256)

    def forward(self, x):
        return self.back(self.fc(x.flatten(2))).transpose(1, 2)


class norms(Case):
    def __init__(self):
        super().__init__()
        self.group = nn.GroupNorm(4, 8)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.all = nn.LayerNorm((8, 16, 16))
        self.plain = nn.LayerNorm(8, elementwise_affine=False)
        self.rms = nn.RMSNorm(8)
        self.scale = nn.LayerNorm(8, bias=False)

    def forward(self, x):
        x = self.all(self.instance(self.group(x))).permute(0, 2, 3, 1)
        return self.scale(self.rms(self.plain(x)))


class pools(Case):
    def forward(self, x):
        x = F.max_pool2d(x, 3, 2, 1)
        x = F.avg_pool2d(x, 3, 2, ceil_mode=True)
        return F.adaptive_max_pool2d(x, 2) + x.mean((2, 3), keepdim=True) + x.amax((2, 3), keepdim=True)


class reductions(Case):
    """Over the channels, over one axis, over both."""

    def forward(self, x):
        a = x * x.mean(1, keepdim=True)
        b = a * a.mean(2, keepdim=True) * a.sum(3, keepdim=True)
        return b.mean((1, 2, 3))


class squeeze_excite(Case):
    def __init__(self):
        super().__init__()
        self.reduce = nn.Linear(8, 4)
        self.expand = nn.Linear(4, 8)

    def forward(self, x):
        gate = x.mean((2, 3))
        return x * torch.sigmoid(self.expand(F.relu(self.reduce(gate))))[:, :, None, None]


class swish_by_hand(Case):
    def forward(self, x):
        return x * torch.sigmoid(x)


class elementwise(Case):
    """Functions and activations."""

    def __init__(self):
        super().__init__()
        self.slopes = nn.PReLU(8)
        self.slope = nn.PReLU()

    def forward(self, x):
        x = self.slope(self.slopes(F.hardswish(F.mish(F.elu(F.leaky_relu(x))))))
        x = torch.exp(torch.sqrt(torch.abs(x))).clamp(0, 6).clamp(-2, 3) ** 2
        return F.softplus(torch.tanh(-x)) / 2 + 1


class sums(Case):
    def forward(self, x):
        y = x * 2
        return (x + y - x.mean((2, 3), keepdim=True)) / (1 + y.sigmoid())


class scalars(Case):
    """Learned numbers: one, one per channel, a map of them."""

    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.ones(1))
        self.each = nn.Parameter(torch.ones(1, 8, 1, 1))
        self.all = nn.Parameter(torch.ones(1, 8, 16, 16))
        self.map = nn.Parameter(torch.ones(1, 1, 16, 16))

    def forward(self, x):
        return (
            (x * self.one + self.each) * self.each.sigmoid() if False else x * self.one + self.each
        ) * self.map + self.all


class shuffle(Case):
    """ShuffleNet's, by views."""

    def forward(self, x):
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class split_and_concat(Case):
    def forward(self, x):
        a, b = x.chunk(2, 1)
        c, d, e = torch.split(x, [1, 3, 4], 1)
        return torch.cat([torch.cat([a, b], 1), c, d, e, x[:, 2:5]], 1)


class branches(Case):
    """A stack of two, their softmax, and the sum over them (selective kernels)."""

    def __init__(self):
        super().__init__()
        self.fc = conv(8, 16)

    def forward(self, x):
        both = torch.stack([x, x * 2], 1)
        attention = self.fc(both.sum(1).mean((2, 3), keepdim=True)).view(1, 2, 8, 1, 1).softmax(1)
        return (both * attention).sum(1)


class pixels(Case):
    def forward(self, x):
        return F.pixel_unshuffle(F.pixel_shuffle(x, 2), 4)


class patches_as_channels(Case):
    """Swin's merging of patches, by strided slices."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(32, 16)

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        parts = [x[:, i::2, j::2] for j in (0, 1) for i in (0, 1)]
        return self.fc(torch.cat(parts, -1))


class every_second(Case):
    def forward(self, x):
        return x[:, :, ::2, ::2]


class resizes(Case):
    def forward(self, x):
        x = F.interpolate(x, scale_factor=2)
        return F.interpolate(F.interpolate(x, (20, 24)), (8, 8), mode="bilinear")


class pads_and_crops(Case):
    def forward(self, x):
        x = F.pad(x, (1, 2, 3, 4))
        return F.pad(x[:, :, 2:-1, 1:], (0, 0, 0, 0, 0, 8)).roll((1, -2), (2, 3))


class token(Case):
    """A class token, positions, and the token taken again."""

    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.positions = nn.Parameter(torch.zeros(1, 257, 8))
        self.norm = nn.LayerNorm(8)

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.norm(x)[:, 0]


class attention(Case):
    """qkv of one linear layer, heads, scaled dot products."""

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(8, 24), nn.Linear(8, 8)

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(x).reshape(1, -1, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(1, -1, 8))


class attention_by_hand(attention):
    """The same by matrix products, with a learned bias and a mask."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(961, 2))
        self.register_buffer("index", torch.zeros(256, 256, dtype=torch.long))
        self.register_buffer("mask", torch.zeros(256, 256))

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(x).reshape(1, -1, 3, 2, 4).permute(2, 0, 3, 1, 4)
        scores = (q * 0.5) @ k.transpose(-2, -1)
        scores = scores + self.table[self.index.view(-1)].view(256, 256, -1).permute(2, 0, 1)[None] + self.mask
        y = scores.softmax(-1) @ v
        return self.out(y.transpose(1, 2).reshape(1, -1, 8))


class attention_in_windows(attention):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = x.view(1, 4, 4, 4, 4, 8).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, 8)
        q, k, v = self.qkv(x).reshape(-1, 16, 3, 2, 4).permute(2, 0, 3, 1, 4)
        y = (q @ k.transpose(-2, -1)).softmax(-1) @ v
        y = self.out(y.transpose(1, 2).reshape(-1, 16, 8))
        return y.view(1, 4, 4, 4, 4, 8).permute(0, 1, 3, 2, 4, 5).reshape(1, 16, 16, 8)


class attention_in_a_grid(attention):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = x.view(1, 4, 4, 4, 4, 8).permute(0, 2, 4, 1, 3, 5).reshape(-1, 16, 8)
        q, k, v = self.qkv(x).reshape(-1, 16, 3, 2, 4).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)
        y = self.out(y.transpose(1, 2).reshape(-1, 16, 8))
        return y.view(1, 4, 4, 4, 4, 8).permute(0, 3, 1, 4, 2, 5).reshape(1, 16, 16, 8)


class attention_between_channels(attention):
    """XCiT's."""

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(x).reshape(1, -1, 3, 2, 4).permute(2, 0, 3, 4, 1)
        y = ((q @ k.transpose(-2, -1)).softmax(-1) @ v).permute(0, 3, 1, 2).reshape(1, -1, 8)
        return self.out(y)


class attention_linear(attention):
    """q times (k times v)."""

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(x).reshape(1, -1, 3, 2, 4).permute(2, 0, 3, 1, 4)
        y = F.relu(q) @ (F.relu(k).transpose(-2, -1) @ v)
        return self.out(y.transpose(1, 2).reshape(1, -1, 8))


class multihead(Case):
    """torch.nn.MultiheadAttention."""

    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        return self.attend(x, x, x, need_weights=False)[0]


class recurrent(Case):
    SHAPE = (1, 20, 8)

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(12, 5, batch_first=True)

    def forward(self, x):
        return self.gru(self.lstm(x)[0])[0]


class shared(Case):
    """One layer called twice."""

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 8, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(8) for _ in range(2))

    def forward(self, x):
        return F.relu(self.norms[1](self.conv(F.relu(self.norms[0](self.conv(x))))))


class unused(Case):
    """A parameter that the forward pass doesn't read, and one that no output depends on."""

    def __init__(self):
        super().__init__()
        self.conv, self.other = conv(8, 4), conv(8, 4)

    def forward(self, x):
        return self.conv(x)


class two_outputs(Case):
    def __init__(self):
        super().__init__()
        self.a, self.b = conv(8, 4), conv(8, 6)

    def forward(self, x):
        return {"a": self.a(x), "b": self.b(x)}


# -- gaps


class gap_fft(Case):
    GAP = "an operation without a word"

    def forward(self, x):
        return torch.fft.rfft2(x).real


class gap_dynamic_weight(Case):
    GAP = "a convolution whose weights are computed from the input"

    def forward(self, x):
        return F.conv2d(x, x.mean((2, 3)).view(1, 8, 1, 1))


class gap_topk(Case):
    GAP = "a running sum, a spread or an order of elements"

    def forward(self, x):
        return x.topk(2, 1)[0]


class gap_gather(Case):
    GAP = "positions that a table of indices picks"

    def __init__(self):
        super().__init__()
        self.register_buffer("index", torch.zeros(4, dtype=torch.long))

    def forward(self, x):
        return x[:, :, self.index]


class gap_weight_of_others(Case):
    GAP = "a weight that is made of other weights"

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.ones(4, 8, 3, 3)), nn.Parameter(torch.ones(4, 8, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.a + self.b)


class gap_swapped_axes(Case):
    GAP = "positions in another order"

    def __init__(self):
        super().__init__()
        self.conv = conv(8, 8, (1, 3), padding=(0, 1))

    def forward(self, x):
        return self.conv(x.transpose(2, 3))


if __name__ == "__main__":
    for name, case in CASES.items():
        path = FOLDER / f"{name}.json"
        if (sys.argv[1:] and name not in sys.argv[1:]) or (not sys.argv[1:] and path.exists()):
            continue
        with torch.device("meta"):
            module = case().eval()
        trace = traced(module, (case.SHAPE,), name)
        gap = getattr(case, "GAP", "")
        path.write_text(trace.to_json(), encoding="utf-8")
        print(name, trace.params, trace.mult_adds, gap)
