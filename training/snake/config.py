"""What a run of snake.train is told: one TOML file each."""

from __future__ import annotations

import copy
import dataclasses
import pathlib
import tomllib

from .model import ModelConfig
from .snake import SnakeConfig


@dataclasses.dataclass(frozen=True)
class LossConfig:
    """Weights of the parts of the loss, and what its training contours are made from.

    heatmap to points: weights, by which each has a say in what the shared layers learn: the heatmap's gradient there
    is 30 to 200 times the contours'. supervise: 'all' deformations or 'last'. background: weight of what a picture of
    people doesn't label. box_noise, extreme_noise: standard deviations of a start's sides and points, as shares of
    the box's sides. predicted_boxes, predicted_extremes, predicted_shapes: shares that start from the net's own
    results. uniform: points per object, PointRend's N.
    """

    heatmap: float = 1.0
    box: float = 0.1
    extreme: float = 5.0
    contour: float = 10.0
    semantic: float = 10.0
    points: float = 20.0
    supervise: str = 'all'
    background: float = 0.2
    box_noise: float = 0.05
    extreme_noise: float = 0.03
    predicted_boxes: float = 0.3
    predicted_extremes: float = 0.5
    predicted_shapes: float = 0.7
    points_per_object: int = 196


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """One run. size: side of the samples, pixels. objects: contours trained per sample. rate: Adam's at the top of
    the cosine; relative_rate: the converted net's, as a share of each channel's size;
    hold: how far it goes back to its start at each step, at that rate. only: the parts that learn, by how their weights'
    names begin, all where there is none. data: what samples.py is told beside."""

    name: str
    iterations: int
    model: ModelConfig = ModelConfig()
    loss: LossConfig = LossConfig()
    data: dict = dataclasses.field(default_factory=dict)
    size: int = 512
    batch: int = 32
    objects: int = 6
    rate: float = 1e-3
    relative_rate: float = 1e-3
    hold: float = 1e-3
    only: tuple[str, ...] = ()
    rate_end: float = 0.01  # as a share of `rate`
    warmup: int = 200
    average: float = 0.998
    clip: float = 100.0  # of the gradient's norm, the converted net's and the rest's each
    start_from: str = 'checkpoints/snake-start.pt'
    seed: int = 1
    log_seconds: float = 10.0
    saves: int = 10  # over the run


def make_config(table: dict) -> TrainConfig:
    """Raises TypeError for an unknown name."""
    table = copy.deepcopy(table)
    model = table.get('model', {})
    snake = dict(model.get('snake', {}))
    if 'hidden' in snake:
        snake['hidden'] = tuple(snake['hidden'])
    if 'filtered' in model:
        model['filtered'] = tuple(model['filtered'])
    table['model'] = ModelConfig(**(model | {'snake': SnakeConfig(**snake)}))
    table['only'] = tuple(table.get('only', ()))
    table['loss'] = LossConfig(**table.get('loss', {}))
    return TrainConfig(**table)


def load_config(path: pathlib.Path) -> TrainConfig:
    with open(path, 'rb') as file:
        return make_config(tomllib.load(file))
