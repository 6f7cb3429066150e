"""The contour networks of Deep Snake (Peng et al., CVPR 2020, arXiv 2001.01629, section 3.2 and the released code)."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .points import sample

DILATIONS = (1, 1, 1, 2, 2, 4, 4)
KERNEL = 9
EXTREME_EVERY = 10  # of the 40 points


@dataclasses.dataclass(frozen=True)
class SnakeConfig:
    """features: of the map that vertices sample. channels: of a state. fusion: of the contour's global vector.

    hidden: widths of the prediction. scale: whether coordinates and offsets are shares of the contour's longer side
    in place of pixels or feature units.
    """

    features: int = 64
    channels: int = 64
    fusion: int = 64
    hidden: tuple[int, int] = (64, 32)
    scale: bool = True


PUBLISHED = SnakeConfig(channels=128, fusion=256, hidden=(256, 64), scale=False)


class CircularConv(nn.Module):
    """[m,inputs,V] -> [m,outputs,V] along a closed contour: its ends are neighbours (eq. 2)."""

    def __init__(self, inputs: int, outputs: int, dilation: int):
        super().__init__()
        self.pad = KERNEL // 2 * dilation
        self.conv = nn.Conv1d(inputs, outputs, KERNEL, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(torch.cat([x[..., -self.pad :], x, x[..., : self.pad]], -1))


class SnakeBlock(nn.Module):
    """Circular convolution, ReLU, batch norm: the order of the released code."""

    def __init__(self, inputs: int, outputs: int, dilation: int):
        super().__init__()
        self.conv, self.norm = CircularConv(inputs, outputs, dilation), nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(F.relu(self.conv(x)))


class Snake(nn.Module):
    """Vertex features and relative coordinates [m, features + 2, V] -> [m,2,V]: eight states, their global maximum,
    three 1 x 1 convolutions."""

    def __init__(self, config: SnakeConfig):
        super().__init__()
        self.head = SnakeBlock(config.features + 2, config.channels, 1)
        self.blocks = nn.ModuleList(SnakeBlock(config.channels, config.channels, d) for d in DILATIONS)
        states = config.channels * (1 + len(DILATIONS))
        self.fusion = nn.Conv1d(states, config.fusion, 1)
        wide, narrow = config.hidden
        # A layer over [global, states] in two parts: what is global is the same at every vertex.
        self.from_global = nn.Conv1d(config.fusion, wide, 1, bias=False)
        self.from_states = nn.Conv1d(states, wide, 1)
        self.narrow, self.predict = nn.Conv1d(wide, narrow, 1), nn.Conv1d(narrow, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        states = [self.head(x)]
        for block in self.blocks:
            states.append(block(states[-1]) + states[-1])
        state = torch.cat(states, 1)
        whole = self.fusion(state).amax(-1, keepdim=True)
        x = F.relu(self.from_states(state) + self.from_global(whole))
        return self.predict(F.relu(self.narrow(x)))


class Deformation(nn.Module):
    """One step of a contour: features [b,C,h,w], points [b,K,V,2] input pixels -> points [b,K,V,2].

    centres [b,K,2], where given, mark the first stage: their features join every vertex's (128 -> 64).
    stride: of the features. Published: coordinates from the contour's least x and y, in feature units in the first
    stage and input pixels in the others; offsets in the same units. Scaled: coordinates from the bounding box's
    centre in halves of its longer side, offsets in eighths of it.
    """

    def __init__(self, config: SnakeConfig, stride: int, first: bool):
        super().__init__()
        self.snake, self.stride = Snake(config), stride
        self.scale, self.unit = config.scale, float(stride if first else 1)
        self.fuse = nn.Conv1d(2 * config.features, config.features, 1) if first else None

    def forward(self, features: Tensor, points: Tensor, centres: Tensor | None = None) -> Tensor:
        b, k, v, _ = points.shape
        sampled = sample(features, points.reshape(b, -1, 2), self.stride)
        x = sampled.reshape(b, -1, k, v).transpose(1, 2).flatten(0, 1)
        if self.fuse is not None:
            centre = sample(features, centres, self.stride).transpose(1, 2).reshape(b * k, -1, 1)
            x = self.fuse(torch.cat([x, centre.expand_as(x)], 1))
        contour = points.reshape(b * k, v, 2)
        low, high = contour.amin(1, keepdim=True), contour.amax(1, keepdim=True)
        if self.scale:
            side = (high - low).amax(2, keepdim=True).clamp(min=4)
            relative, unit = (contour - (low + high) / 2) / (side / 2), side / 8
        else:
            relative, unit = (contour - low) / self.unit, self.unit
        offsets = self.snake(torch.cat([x, relative.transpose(1, 2).to(x.dtype)], 1))
        return (contour + offsets.transpose(1, 2).float() * unit).reshape(b, k, v, 2)
