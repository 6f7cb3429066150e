"""Writes a checkpoint as resources/models/deepsnake-NAME: four ONNX graphs and manifest.json.

    python3 -m snake.export runs/snake-person/best.pt person

Standard ONNX operators of opset 16, but for `DynamicFilter2d` in a detector with adaptive filters.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import hashlib
import io
import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from common.checkpoints import TRAINING

from .antialias import DOMAIN
from .backbone import CLASSES, INPUT_SCALE, STRIDE
from .geometry import CONTOUR_POINTS, DIAMOND_POINTS
from .model import DeepSnake
from .points import SHAPE

RESOURCES = TRAINING.parent / 'resources' / 'models'
OPSET = 16
OPERATORS = {'DynamicFilter2d'}


class DetectorGraph(nn.Module):
    """image [1,3,H,W] -> heatmap probabilities, box, features, fine, semantic logits. Takes the scale of 255 into
    the first convolution."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.detector = copy.deepcopy(model.detector)
        self.detector.net.stem.weight.data *= INPUT_SCALE
        self.detector.net.input_scale = 1.0

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        heatmap, box, features, fine, semantic = self.detector(image)
        return heatmap.sigmoid(), box, features, fine, semantic


class ExtremeGraph(nn.Module):
    """features [1,64,h,w], diamond points [N,40,2], centres [N,2] -> [N,40,2]."""

    def __init__(self, model: DeepSnake):
        super().__init__()
        self.net = model.initial

    def forward(self, features: Tensor, points: Tensor, centres: Tensor) -> Tensor:
        return self.net(features, points[None], centres[None])[0]


class ContourGraph(nn.Module):
    """features [1,64,h,w], initial contours [N,128,2] -> deformed ones."""

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
        'features': torch.randn(1, config.snake.features, *low),
        'fine': torch.randn(1, config.fine, 2 * low[0], 2 * low[1]),
        'semantic': torch.randn(1, 2, *low),
    }


MAP_AXES = {
    'features': {2: 'height/4', 3: 'width/4'},
    'semantic': {2: 'height/4', 3: 'width/4'},
    'heatmap': {2: 'height/4', 3: 'width/4'},
    'box': {2: 'height/4', 3: 'width/4'},
    'fine': {2: 'height/2', 3: 'width/2'},
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


def merge_pads(model: onnx.ModelProto) -> None:
    """Constant zero padding becomes the convolution's own: one pass over memory less."""
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    constants |= {
        node.output[0]: numpy_helper.to_array(node.attribute[0].t)
        for node in graph.node
        if node.op_type == 'Constant' and node.attribute[0].name == 'value'
    }
    makers = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        pad = makers.get(node.input[0]) if node.op_type == 'Conv' else None
        if pad is None or pad.op_type != 'Pad':
            continue
        mode = next((a.s for a in pad.attribute if a.name == 'mode'), b'constant')
        pads = constants.get(pad.input[1])
        used = sum(pad.output[0] in other.input for other in graph.node)
        value = constants.get(pad.input[2], np.float32(0)) if len(pad.input) > 2 and pad.input[2] else np.float32(0)
        if mode != b'constant' or pads is None or used != 1 or np.any(value):
            continue
        attribute = next(a for a in node.attribute if a.name == 'pads')
        spatial = [int(p) for p in (*pads[2:4], *pads[6:8])]
        attribute.ints[:] = [a + b for a, b in zip(attribute.ints, spatial)]
        node.input[0] = pad.input[0]
        graph.node.remove(pad)


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
    merge_pads(built)
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
