"""MobileNetV2, EfficientNet-B0 and ResNet-50 as torchvision 0.28.0 writes them: the same modules, functions and order.

For tools/compare_tools.py: what such tools count depends on how the code is written, so each module, each function call
and each operator stands where torchvision has it. Nothing is trained.
"""

from __future__ import annotations

import operator

import torch
from torch import nn


class ConvNormActivation(nn.Sequential):
    def __init__(self, cin, cout, k=3, s=1, groups=1, act=nn.ReLU6, inplace=True):
        conv = nn.Conv2d(cin, cout, k, s, (k - 1) // 2, groups=groups, bias=False)
        layers = [conv, nn.BatchNorm2d(cout)]
        super().__init__(*layers, *([act(inplace=inplace)] if act else []))


# -- MobileNetV2


class InvertedResidual(nn.Module):
    def __init__(self, cin, cout, s, t):
        super().__init__()
        hidden = cin * t
        layers = [] if t == 1 else [ConvNormActivation(cin, hidden, 1)]
        layers += [ConvNormActivation(hidden, hidden, 3, s, hidden), nn.Conv2d(hidden, cout, 1, bias=False)]
        self.conv = nn.Sequential(*layers, nn.BatchNorm2d(cout))
        self.use_res_connect = s == 1 and cin == cout

    def forward(self, x):
        if self.use_res_connect:
            return x + self.conv(x)
        return self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        features = [ConvNormActivation(3, 32, 3, 2)]
        cin = 32
        for t, c, n, s in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ):  # fmt: skip
            for i in range(n):
                features.append(InvertedResidual(cin, c, s if i == 0 else 1, t))
                cin = c
        self.features = nn.Sequential(*features, ConvNormActivation(cin, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x):
        x = self.features(x)
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
        x = torch.flatten(x, 1)
        return self.classifier(x)


# -- EfficientNet-B0


class SqueezeExcitation(nn.Module):
    def __init__(self, c, mid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(c, mid, 1)
        self.fc2 = nn.Conv2d(mid, c, 1)
        self.activation = nn.SiLU(inplace=True)
        self.scale_activation = nn.Sigmoid()

    def forward(self, x):
        scale = self.avgpool(x)
        scale = self.fc1(scale)
        scale = self.activation(scale)
        scale = self.fc2(scale)
        scale = self.scale_activation(scale)
        return scale * x


class StochasticDepth(nn.Module):
    """At inference torchvision's function returns its input."""

    def forward(self, x):
        return x


class MBConv(nn.Module):
    def __init__(self, cin, cout, k, s, t):
        super().__init__()
        hidden = cin * t
        layers = [] if t == 1 else [ConvNormActivation(cin, hidden, 1, act=nn.SiLU)]
        layers.append(ConvNormActivation(hidden, hidden, k, s, hidden, act=nn.SiLU))
        layers.append(SqueezeExcitation(hidden, max(1, cin // 4)))
        self.block = nn.Sequential(*layers, ConvNormActivation(hidden, cout, 1, act=None))
        self.use_res_connect = s == 1 and cin == cout
        self.stochastic_depth = StochasticDepth()

    def forward(self, x):
        result = self.block(x)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += x
        return result


class EfficientNetB0(nn.Module):
    def __init__(self):
        super().__init__()
        features = [ConvNormActivation(3, 32, 3, 2, act=nn.SiLU)]
        cin = 32
        for t, k, s, c, n in (
            (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
            (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
        ):  # fmt: skip
            stage = []
            for i in range(n):
                stage.append(MBConv(cin, c, k, s if i == 0 else 1, t))
                cin = c
            features.append(nn.Sequential(*stage))
        self.features = nn.Sequential(*features, ConvNormActivation(cin, 1280, 1, act=nn.SiLU))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.2, inplace=True), nn.Linear(1280, 1000))

    def forward(self, x):
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


# -- ResNet-50


class Bottleneck(nn.Module):
    def __init__(self, cin, width, s):
        super().__init__()
        cout = 4 * width
        self.conv1 = nn.Conv2d(cin, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, s, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, cout, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(cout)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if s != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, s, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        cin, layers = 64, []
        for width, n, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            blocks = []
            for i in range(n):
                blocks.append(Bottleneck(cin, width, s if i == 0 else 1))
                cin = 4 * width
            layers.append(nn.Sequential(*blocks))
        self.layers = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(2048, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layers(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.fc(x)


NETWORKS = {"mobilenet_v2": MobileNetV2, "efficientnet_b0": EfficientNetB0, "resnet_50_v1_5": ResNet50}
"""By the names of costcalc's specs."""


# -- single layers


class ChannelNorm(nn.Module):
    """Layer norm over the channels, which stand last for it."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ScaledUnit(nn.Module):
    """The l2 norm of torchvision's SSD: a parameter beside the modules, and a function."""

    def __init__(self, channels):
        super().__init__()
        self.scale_weight = nn.Parameter(torch.ones(channels) * 20)
        self.features = nn.Identity()

    def forward(self, x):
        return self.scale_weight.view(1, -1, 1, 1) * nn.functional.normalize(self.features(x))


class Learned(nn.Module):
    """A layer scale, or a shift, as torchvision's ConvNeXt has it: a parameter beside the modules, and an operator."""

    def __init__(self, channels, function):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, 1, 1))
        self.features = nn.Identity()
        self.function = function

    def forward(self, x):
        return self.function(self.gamma, self.features(x))


LAYERS = {
    "act(relu)": nn.ReLU,
    "act(relu6)": nn.ReLU6,
    "act(leaky_relu)": nn.LeakyReLU,
    "act(prelu)": lambda: nn.PReLU(8),
    "act(elu)": nn.ELU,
    "act(swish)": nn.SiLU,
    "act(hswish)": nn.Hardswish,
    "act(sigmoid)": nn.Sigmoid,
    "act(hsigmoid)": nn.Hardsigmoid,
    "act(gelu)": nn.GELU,
    "act(mish)": nn.Mish,
    "act(tanh)": nn.Tanh,
    "softmax": lambda: nn.Softmax(1),
    "maxpool(3x3, 2, pad=1)": lambda: nn.MaxPool2d(3, 2, 1),
    "avgpool(2x2, 2)": lambda: nn.AvgPool2d(2),
    "avgpool": lambda: nn.AdaptiveAvgPool2d(1),
    "bn": lambda: nn.BatchNorm2d(8),
    "gn(4)": lambda: nn.GroupNorm(4, 8),
    "ln": lambda: ChannelNorm(8),
    "l2norm": lambda: ScaledUnit(8),
    "scale": lambda: Learned(8, operator.mul),
    "shift": lambda: Learned(8, operator.add),
    "lrn(5)": lambda: nn.LocalResponseNorm(5),
    "up(2)": lambda: nn.Upsample(scale_factor=2),
    "conv(3x3, 8, g=2, norm=none, act=none)": lambda: nn.Conv2d(8, 8, 3, 1, 1, groups=2),
    "deconv(2x2, 6, 2, norm=none, act=none, bias=no)": lambda: nn.ConvTranspose2d(8, 6, 2, 2, bias=False),
    "deconv(2x2, 6, 2, norm=none, act=none)": lambda: nn.ConvTranspose2d(8, 6, 2, 2),
    "fc(5)": lambda: nn.Sequential(nn.Flatten(), nn.Linear(8 * 4 * 4, 5)),
}
"""A layer as a spec has it, on 8 maps of 4 x 4, and its module."""

SPEC = """\
network: single
input: 4 x 4 x 3
layers:
  a: conv(1x1, 8, norm=none, act=none, bias=no)
  b: {}
"""


class Single(nn.Module):
    """A 1x1 convolution without a bias, for tools that want one, and the layer."""

    def __init__(self, layer):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 1, bias=False)
        self.b = LAYERS[layer]()

    def forward(self, x):
        return self.b(self.a(x))
