from torch import nn


class Separable(nn.Sequential):
    def __init__(self, before, channels, stride):
        super().__init__(
            nn.Conv2d(before, before, 3, stride, 1, groups=before, bias=False),
            nn.BatchNorm2d(before),
            nn.ReLU(),
            nn.Conv2d(before, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )


class Net(nn.Sequential):
    def __init__(self, alpha=1.0, classes=10):
        c = [int(n * alpha) for n in (16, 32, 64, 128)]
        super().__init__(
            nn.Conv2d(3, c[0], 3, 2, 1, bias=False),
            nn.BatchNorm2d(c[0]),
            nn.ReLU(),
            Separable(c[0], c[1], 1),
            Separable(c[1], c[2], 2),
            Separable(c[2], c[2], 1),
            Separable(c[2], c[3], 2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(c[3], classes),
        )
