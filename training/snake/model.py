"""Deep Snake over a MobileNetV3 CenterNet, with PointRend's point head: everything that is exported.

Coordinates are pixels of the network's input, (0, 0) the outer corner of the first pixel.
"""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .backbone import HEAD, STEM, STRIDE, CenterNet, Separable, enlarge, pointwise
from .points import SEMANTIC, SHAPE, PointConfig, PointHead, sample
from .snake import EXTREME_EVERY, Deformation, SnakeConfig


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """fine: channels at stride 2. antialias: none, blur or adaptive, in the blocks `filtered`."""

    snake: SnakeConfig = SnakeConfig()
    fine: int = 16
    point_hidden: int = 64
    antialias: str = 'none'
    filtered: tuple[int, ...] = (1, 3, 6, 12)
    iterations: int = 3


class Detector(nn.Module):
    """image [n,3,H,W] in 0..1 -> heatmap logits [n,80,H/4,W/4], box [n,8,H/4,W/4], features [n,64,H/4,W/4],
    fine [n,fine,H/2,W/2], semantic logits [n,2,H/4,W/4] (person, any other object)."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.net = CenterNet(config.antialias, config.filtered)
        channels = config.snake.features
        self.features = Separable(HEAD, channels, 3)
        self.semantic = pointwise(channels, SEMANTIC)
        self.lift = pointwise(channels, config.fine)
        self.merge = Separable(config.fine + STEM, 24, 3)
        self.fine = Separable(24, config.fine, 3)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        heatmap, box, shared, stem = self.net(image)
        features = self.features(shared)
        semantic = self.semantic(F.relu(features))
        fine = F.relu(self.merge(torch.cat([enlarge(self.lift(features)), stem], 1)))
        return heatmap, box, features, self.fine(fine), semantic


class DeepSnake(nn.Module):
    """The four nets. Contours come as [b,K,V,2]: K instances of each of b images."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.detector = Detector(config)
        self.initial = Deformation(config.snake, STRIDE, first=True)
        self.deformations = nn.ModuleList(
            Deformation(config.snake, STRIDE, first=False) for _ in range(config.iterations)
        )
        self.points = PointHead(
            PointConfig(config.snake.features + config.fine, SEMANTIC + SHAPE, config.point_hidden)
        )
        for net in (self.initial, *self.deformations):
            initialise(net)
        # The points start from the contour: a logit of 1 four pixels inside it.
        self.points.predict.weight.data[0, config.point_hidden + SEMANTIC] = 8.0

    def extreme_points(self, features: Tensor, points: Tensor, centres: Tensor) -> Tensor:
        """Diamond points [b,K,40,2] and box centres [b,K,2] -> [b,K,4,2] top, left, bottom, right."""
        return self.initial(features, points, centres)[:, :, ::EXTREME_EVERY]

    def contours(self, features: Tensor, points: Tensor, apart: bool = False) -> list[Tensor]:
        """Initial contours [b,K,128,2] -> the contours after each deformation; apart: no gradient between those."""
        results = []
        for deformation in self.deformations:
            points = deformation(features, points)
            results.append(points)
            if apart:
                points = points.detach()
        return results

    def inside(self, features: Tensor, fine: Tensor, semantic: Tensor, points: Tensor, shape: Tensor) -> Tensor:
        """points [b,P,2], shape [b,P,5] (geometry.shape_features) -> logits [b,P]."""
        detail = torch.cat([sample(features, points, STRIDE), sample(fine, points, STRIDE / 2)], 1)
        coarse = torch.cat([sample(semantic, points, STRIDE), shape.transpose(1, 2).to(semantic.dtype)], 1)
        return self.points(detail, coarse)[:, 0]


def initialise(net: Deformation) -> None:
    """The published normal distribution of 0.01 fades over nine layers; He's keeps the signal. The last is near 0."""
    for module in net.modules():
        if isinstance(module, nn.Conv1d):
            nn.init.kaiming_normal_(module.weight, nonlinearity='relu')
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    nn.init.normal_(net.snake.predict.weight, std=0.001)
