"""Writes a checkpoint as resources/models/deepsnake-NAME: four ONNX graphs and manifest.json.

    python3 -m snake.export runs/snake-person/best.pt person

Standard ONNX operators of opset 16, but for `DynamicFilter2d` in a detector with adaptive filters.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import io
import json
import pathlib

import onnx
import torch
from torch import Tensor, nn

from common.checkpoints import TRAINING

from .antialias import DOMAIN
from .backbone import CLASSES, STRIDE
from .geometry import CONTOUR_POINTS, DIAMOND_POINTS
from .model import DeepSnake
from .points import SHAPE, rows

RESOURCES = TRAINING.parent / 'resources' / 'models'
OPSET = 16
OPERATORS = {'DynamicFilter2d'}


class DetectorGraph(nn.Module):
    """image [1,3,H,W] -> heatmap probabilities, box, and the maps that the other graphs sample, channels last (points.rows)."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.detector = model.detector

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        heatmap, box, features, fine, semantic = self.detector(image)
        return (heatmap.sigmoid(), box, *(rows(x) for x in (features, fine, semantic)))


class ExtremeGraph(nn.Module):
    """features [1,h,w,64], diamond points [N,40,2], centres [N,2] -> [N,40,2]."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.net = model.initial

    def forward(self, features: Tensor, points: Tensor, centres: Tensor) -> Tensor:
        return self.net(features, points[None], centres[None])[0]


class ContourGraph(nn.Module):
    """features [1,h,w,64], initial contours [N,128,2] -> deformed ones."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.nets = model.deformations

    def forward(self, features: Tensor, points: Tensor) -> Tensor:
        points = points[None]
        for net in self.nets:
            points = net(features, points)
        return points[0]


class PointsGraph(nn.Module):
    """features, fine, semantic, points [P,2], shape [P,5] -> logits [P]."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.model = model

    def forward(self, features: Tensor, fine: Tensor, semantic: Tensor, points: Tensor, shape: Tensor) -> Tensor:
        return self.model.inside(features, fine, semantic, points[None], shape[None])[0]


def maps(model: DeepSnake, height: int, width: int) -> dict[str, Tensor]:
    """Random maps as a detector gives them for a picture of height x width."""
    config = model.config
    low = (height // STRIDE, width // STRIDE)
    return {
        'features': torch.randn(1, *low, config.snake.features),
        'fine': torch.randn(1, 2 * low[0], 2 * low[1], config.fine),
        'semantic': torch.randn(1, *low, 2),
    }


MAP_AXES = {
    'features': {1: 'height/4', 2: 'width/4'},
    'semantic': {1: 'height/4', 2: 'width/4'},
    'heatmap': {2: 'height/4', 3: 'width/4'},
    'box': {2: 'height/4', 3: 'width/4'},
    'fine': {1: 'height/2', 2: 'width/2'},
    'image': {2: 'height', 3: 'width'},
}


def graphs(model: DeepSnake) -> dict[str, tuple[nn.Module, dict[str, Tensor], list[str], dict]]:
    """Per graph: the module, example inputs by name, the outputs' names, the dynamic axes beside MAP_AXES."""
    given = maps(model, 64, 96)
    place = lambda *shape: torch.rand(*shape, 2) * 64
    objects, points = {0: 'objects'}, {0: 'points'}
    return {
        'detector': (
            DetectorGraph(model),
            {'image': torch.rand(1, 3, 64, 96)},
            ['heatmap', 'box', 'features', 'fine', 'semantic'],
            {},
        ),
        'extreme': (
            ExtremeGraph(model),
            {'features': given['features'], 'points': place(3, DIAMOND_POINTS), 'centres': place(3)},
            ['points_out'],
            {'points': objects, 'centres': objects, 'points_out': objects},
        ),
        'contour': (
            ContourGraph(model),
            {'features': given['features'], 'points': place(3, CONTOUR_POINTS)},
            ['contours'],
            {'points': objects, 'contours': objects},
        ),
        'points': (
            PointsGraph(model),
            given | {'points': place(7), 'shape': torch.rand(7, SHAPE)},
            ['logits'],
            {'points': points, 'shape': points, 'logits': points},
        ),
    }


def build(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], axes: dict) -> onnx.ModelProto:
    file = io.BytesIO()
    names = [*inputs, *outputs]
    wanted = MAP_AXES | axes
    torch.onnx.export(
        module.eval(),
        tuple(inputs.values()),
        file,
        input_names=list(inputs),
        output_names=outputs,
        opset_version=OPSET,
        custom_opsets={DOMAIN: 1},
        dynamic_axes={name: wanted[name] for name in names if name in wanted},
    )
    built = onnx.load_model_from_string(file.getvalue())
    used = {node.domain for node in built.graph.node}
    for opset in [o for o in built.opset_import if o.domain and o.domain not in used]:
        built.opset_import.remove(opset)
    custom = {node.op_type for node in built.graph.node if node.domain not in ('', 'ai.onnx')}
    if custom - OPERATORS:
        raise ValueError(f'custom operators in the graph: {sorted(custom)}')
    if not custom:
        onnx.checker.check_model(built)
    return built


def write_graphs(model: DeepSnake, folder: pathlib.Path) -> dict[str, dict]:
    """Writes NAME.onnx for each; returns file, sha256 and bytes by name."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    for name, parts in graphs(model).items():
        blob = build(*parts).SerializeToString()
        (folder / f'{name}.onnx').write_bytes(blob)
        facts[name] = {
            'file': f'{name}.onnx', 'sha256': hashlib.sha256(blob).hexdigest(), 'bytes': len(blob),
        }  # fmt: skip
    return facts
