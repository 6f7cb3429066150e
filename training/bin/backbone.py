"""The net that every level of a pyramid is made of: BIN's backbone of residual dense blocks (arXiv 2002.12259, fig. 3)."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class BackboneConfig:
    """One level's net: reshuffle factor, G0 channels, `depth` residual dense blocks of `layers` convolutions
    with `growth` channels each. stem: side of the first convolution. full_stage: the published output with a
    64-channel stage at full resolution; without it the last convolution's channels are shuffled straight to RGB."""

    shuffle: int = 2
    width: int = 64
    depth: int = 6
    layers: int = 4
    growth: int = 32
    stem: int = 5
    full_stage: bool = True


PUBLISHED = BackboneConfig()


class ResidualDenseBlock(nn.Module):
    """[N,G0,h,w] -> the same: dense convolutions, fused by 1x1, plus the input."""

    def __init__(self, config: BackboneConfig):
        super().__init__()
        width, growth = config.width, config.growth
        self.dense = nn.ModuleList(
            nn.Conv2d(width + i * growth, growth, 3, padding=1) for i in range(config.layers)
        )
        self.fuse = nn.Conv2d(width + config.layers * growth, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        states = x
        for layer in self.dense:
            states = torch.cat([states, F.relu(layer(states))], 1)
        return x + self.fuse(states)


class Backbone(nn.Module):
    """F_n: n images [N,3,H,W], what the result is a correction of, and a hidden state where there is one -> [N,3,H,W].

    images: how many, the hidden state among them. differences: they enter as what they differ by from the base, and the
    base beside them; the hidden state, which is no picture, as it is.
    """

    # Differences are small against pictures.
    GAIN = 4.0

    def __init__(self, images: int, config: BackboneConfig, differences: bool = False):
        super().__init__()
        self.shuffle, self.differences = config.shuffle, differences
        images += differences
        width = config.width
        self.stem = nn.Conv2d(3 * images * config.shuffle**2, width, config.stem, padding=config.stem // 2)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.blocks = nn.ModuleList(ResidualDenseBlock(config) for _ in range(config.depth))
        self.fuse = nn.Sequential(
            nn.Conv2d(config.depth * width, width, 1), nn.Conv2d(width, width, 3, padding=1)
        )
        if config.full_stage:
            expand = nn.Conv2d(width, 64 * config.shuffle**2, 3, padding=1)
            last = nn.Conv2d(64, 3, 3, padding=1)
            self.output = nn.Sequential(expand, nn.PixelShuffle(config.shuffle), last)
        else:
            last = nn.Conv2d(width, 3 * config.shuffle**2, 3, padding=1)
            self.output = nn.Sequential(last, nn.PixelShuffle(config.shuffle))
        # So that a new net gives `base` back.
        with torch.no_grad():
            last.weight.mul_(0.01)
            last.bias.zero_()

    def forward(self, images: list[Tensor], base: Tensor, hidden: Tensor | None = None) -> Tensor:
        if self.differences:
            images = [base - 0.5, *(self.GAIN * (image - base) for image in images)]
        if hidden is not None:
            images = [hidden, *images]
        first = self.stem(unshuffled(torch.cat(images, 1), self.shuffle, base))
        x, outputs = self.second(first), []
        for block in self.blocks:
            x = block(x)
            outputs.append(x)
        return base + self.output(first + self.fuse(torch.cat(outputs, 1)))


def unshuffled(x: Tensor, by: int, like: Tensor) -> Tensor:
    """pixel_unshuffle in two steps that each move one axis: onnxruntime is fast with those.

    like: as many of the same size, for an exported graph to ask: asked itself, 8-bit codes would be made floats for it.
    """
    n, h, w = like.shape[0], like.shape[2] // by, like.shape[3] // by
    x = x.reshape(n, -1, w, by).transpose(2, 3)
    return x.reshape(n, -1, h, by * by, w).transpose(2, 3).reshape(n, -1, h, w)
