"""The network: a stem to a quarter of the resolution, seven residual blocks, one answer a cell of 4 x 4 pixels."""

import torch
from torch import Tensor, nn

DILATIONS = (1, 1, 2, 2, 4, 8, 1)
WIDTH = 48


def _layer(given: int, made: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(given, made, 3, stride, padding=dilation, dilation=dilation, bias=False),
        nn.BatchNorm2d(made),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.layer = _layer(WIDTH, WIDTH, dilation=dilation)

    def forward(self, given: Tensor) -> Tensor:
        return given + self.layer(given)


class TextNetwork(nn.Module):
    """Two channels in, (n, 2, rows, columns); logits of writing out, (n, rows / 4, columns / 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_layer(2, 16, stride=2), _layer(16, 16), _layer(16, WIDTH, stride=2))
        self.body = nn.Sequential(*map(_Residual, DILATIONS))
        self.head = nn.Conv2d(WIDTH, 1, 1)

    def forward(self, given: Tensor) -> Tensor:
        """Return the logits."""
        return self.head(self.body(self.stem(given)))[:, 0]


def loss(logits: Tensor, target: Tensor) -> Tensor:
    """Return binary cross entropy and Dice, added."""
    entropy = nn.functional.binary_cross_entropy_with_logits(logits, target)
    shown = torch.sigmoid(logits)
    dice = 1 - (2 * (shown * target).sum() + 1) / ((shown + target).sum() + 1)
    return entropy + dice
