"""What a user may have in code: networks that are the spec of test_against.py, nearly so, and not at all."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

print("models is imported")


class Net(nn.Module):
    """The spec's network, with its branches the other way round and a 1x1 convolution for the classifier."""

    def __init__(self, c=8, kernel=3, stride=2, groups=2, bias=True, swapped=False, pointwise=False, extra=False):
        super().__init__()
        self.pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.stem = nn.Conv2d(3, c, kernel, stride, kernel // 2 - 1, bias=False)
        self.bn = nn.BatchNorm2d(c)
        self.left = nn.Conv2d(c, 2 * c, 1, bias=False)
        self.left_bn = nn.BatchNorm2d(2 * c)
        self.right = nn.Conv2d(c, 2 * c, 3, padding=1, groups=groups, bias=bias)
        self.up = nn.ConvTranspose2d(2 * c, c, 2, 2)
        self.out = nn.Conv2d(c, 5, 1) if pointwise else nn.Linear(c, 5)
        self.extra = nn.Conv2d(2 * c, 2 * c, 1) if extra else None
        self.swapped = swapped

    def forward(self, x):
        x = F.relu(self.bn(self.stem(self.pad(x))))
        if self.swapped:
            right = F.relu(self.right(x))
            left = F.relu(self.left_bn(self.left(x)))
        else:
            left = F.relu(self.left_bn(self.left(x)))
            right = F.relu(self.right(x))
        x = left + right
        if self.extra is not None:
            x = self.extra(x)
        x = F.relu(self.up(x)).mean((2, 3))
        return self.out(x[:, :, None, None] if isinstance(self.out, nn.Conv2d) else x)


class Functional(Net):
    """The stem without a module, a part that doesn't run, and one that isn't trained."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(8, 3, 3, 3))
        self.bn.requires_grad_(False)

    def forward(self, x):
        x = F.relu(self.bn(F.conv2d(self.pad(x), self.weight, stride=2)))
        x = F.relu(self.left_bn(self.left(x))) + F.relu(self.right(x))
        return self.out(F.relu(self.up(x)).mean((2, 3)))


class Ends(nn.Sequential):
    """A convolution, and what has no weights behind it."""

    def __init__(self, end):
        tail = {
            "shuffled": [nn.PixelShuffle(2)],
            "scaled": [nn.MaxPool2d(2), nn.Upsample(scale_factor=4)],
            "classified": [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmax(1)],
        }[end]
        super().__init__(nn.Conv2d(3, 12, 3, padding=1), *tail)


@dataclass
class Maps:
    large: torch.Tensor
    small: torch.Tensor
    loss: object = None


class Several(nn.Module):
    """Two outputs."""

    def __init__(self, form):
        super().__init__()
        self.a = nn.Conv2d(3, 12, 3, padding=1)
        self.b = nn.Conv2d(12, 4, 1, 2)
        self.form = form

    def forward(self, x):
        a = F.relu(self.a(x))
        b = self.b(a)
        return {
            "tuple": (a, [b]),
            "dict": {"a": a, "b": {"b": b}},
            "dataclass": Maps(a, b),
            "first": a,
            "swapped": (b, a),
        }[self.form]


class LayerScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(16))

    def forward(self, x):
        return x * self.gamma[:, None, None]


class SharedSlope(nn.Module):
    """One slope for all channels, as nn.PReLU has it by default."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.act = nn.PReLU()

    def forward(self, x):
        return self.act(self.conv(x))


class Sequence(nn.Module):
    """One-dimensional convolutions, and a linear layer at every position."""

    def __init__(self, stride=2):
        super().__init__()
        self.c = nn.Conv1d(32, 32, 3, stride=2, padding=4)
        self.d = nn.Conv1d(32, 16, 3, padding=1, groups=4)
        self.u = nn.ConvTranspose1d(16, 8, 4, stride=stride, padding=1)
        self.p = nn.Linear(8, 5)

    def forward(self, x):
        x = F.relu(self.d(F.relu(self.c(x))))
        return self.p(F.relu(self.u(x)).transpose(1, 2)).transpose(1, 2)


class Two(Net):
    def forward(self, x, mask):
        return super().forward(x * mask)


class Deep(Net):
    def forward(self, x):
        return self.forward(x)


made = Net()
number = 3


def nothing():
    return {"a": 1}


def fails():
    raise KeyError("missing\nand more")


def leaves():
    raise SystemExit("bye")


def large():
    return nn.Linear(4 * 10**7, 4 * 10**7)


class Wide(nn.Module):
    def forward(self, x):
        return x[..., None, None].expand(-1, -1, -1, -1, 10**7, 10**7).contiguous()


class Box:
    small = Net


class Spotter(nn.Module):
    """Convolutions of a sequence."""

    def __init__(self, kernel=9):
        super().__init__()
        self.first = nn.Conv1d(40, 16, 3, padding=1)
        self.second = nn.Conv1d(16, 24, kernel, stride=2, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm1d(24)
        self.out = nn.Linear(24, 12)

    def forward(self, x):
        return self.out(F.relu(self.norm(self.second(F.relu(self.first(x))))).mean(2))


class Clip(nn.Module):
    """Convolutions of a video."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv3d(3, 8, (1, 3, 3), padding=(0, 1, 1))
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        return self.out(F.relu(self.first(x)).mean((2, 3, 4)))


class Block(nn.Module):
    """Attention and a layer that is called as a function, on tokens of 8 channels: the spec of tokens.yaml."""

    def __init__(self, wide=16, heads=2, joined=False):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, heads, batch_first=True)
        self.wide = nn.Linear(8, wide)
        self.narrow = nn.Linear(16, 8)
        self.joined = joined

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        x = self.attention(x, x, x, need_weights=False)[0]
        bias = torch.cat([self.wide.bias]) if self.joined else self.wide.bias
        return self.narrow(F.relu(F.linear(x, self.wide.weight, bias))).transpose(1, 2)
