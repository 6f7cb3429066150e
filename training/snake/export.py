"""Writes a checkpoint as resources/models/deepsnake-NAME: four ONNX graphs, manifest.json, parity.json.

    python3 -m snake.export runs/snake-person/best.pt person

Standard ONNX operators of opset 16, but for `PointHead` (point_operator.py) and for `DynamicFilter2d` in a detector with
adaptive filters. --quality tells which classes are offered: AP50 by name, as `snake.evaluate --ap50` writes it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import pathlib
from collections import Counter

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from common.checkpoints import TRAINING

from . import geometry, samples, train
from .antialias import DOMAIN, DynamicFilter
from .backbone import STRIDE
from .classes import CLASSES, PERSON
from .geometry import CONTOUR_POINTS, DIAMOND_POINTS
from .model import DeepSnake
from .point_operator import points_graph
from .points import SHAPE, rows
from .snake import EXTREME_EVERY

RESOURCES = TRAINING.parent / 'resources' / 'models'
OPSET = 16
OPERATORS = {'DynamicFilter2d'}  # of the graphs that PyTorch exports
WORKING_SIZE = 512  # pixels of the longer side, as in training
LEAST_AP50 = 0.3  # of the masks of a class that is offered


class DetectorGraph(nn.Module):
    """image [1,3,H,W] -> heatmap probabilities, box, and the maps that the other graphs sample (points.rows)."""

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
    """Per graph but that of the points: the module, example inputs by name, the outputs' names, the dynamic axes beside
    MAP_AXES."""
    given = maps(model, 64, 96)
    place = lambda *shape: torch.rand(*shape, 2) * 64
    objects = {0: 'objects'}
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
    }


def build(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], axes: dict) -> onnx.ModelProto:
    file = io.BytesIO()
    names = [*inputs, *outputs]
    wanted = MAP_AXES | axes
    custom = any(isinstance(part, DynamicFilter) for part in module.modules())
    torch.onnx.export(
        module.eval(),
        tuple(inputs.values()),
        file,
        input_names=list(inputs),
        output_names=outputs,
        opset_version=OPSET,
        custom_opsets={DOMAIN: 1} if custom else {},
        dynamic_axes={name: wanted[name] for name in names if name in wanted},
    )
    built = onnx.load_model_from_string(file.getvalue())
    foreign = {node.op_type for node in built.graph.node if node.domain not in ('', 'ai.onnx')}
    if foreign - OPERATORS:
        raise ValueError(f'custom operators in the graph: {sorted(foreign)}')
    onnx.checker.check_model(built)
    return built


def write_graphs(model: DeepSnake, folder: pathlib.Path) -> dict[str, dict]:
    """Writes NAME.onnx for each; returns file, sha256 and bytes by name."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    built = {name: build(*parts) for name, parts in graphs(model).items()} | {'points': points_graph(model, OPSET)}
    for name, graph in built.items():
        blob = graph.SerializeToString()
        (folder / f'{name}.onnx').write_bytes(blob)
        facts[name] = {
            'file': f'{name}.onnx', 'sha256': hashlib.sha256(blob).hexdigest(), 'bytes': len(blob),
        }  # fmt: skip
    return facts


@torch.no_grad()
def parity_case(model: DeepSnake) -> dict:
    """What PyTorch makes of a small picture of noise, for the app's tests: tensors in base64, little endian."""
    random = np.random.default_rng(1)
    height, width, count = 64, 96, 2
    codes = random.integers(0, 256, (3, height, width), dtype=np.uint8)
    heatmap, box, features, fine, semantic = model.detector(torch.from_numpy(codes)[None].float() / 255)
    boxes = torch.tensor([[10.0, 8.0, 60.0, 58.0], [30.0, -4.0, 101.0, 40.0]])
    diamonds = geometry.diamond_points(boxes)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    points_out = model.initial(features, diamonds[None], centres[None])[0]
    first = geometry.initial_contours(points_out[:, ::EXTREME_EVERY])
    contours = model.contours(features, first[None])[-1][0]
    points = torch.from_numpy(random.uniform(-5, 100, (count, 20, 2)).astype(np.float32))
    shape = geometry.shape_features(points, contours, torch.tensor([1.0, 0.0])).flatten(0, 1)
    logits = model.inside(features, fine, semantic, points.view(1, -1, 2), shape[None])[0]
    tensors = {
        'heatmap': heatmap.sigmoid(), 'box': box, 'boxes': boxes, 'diamonds': diamonds, 'centres': centres,
        'points_out': points_out, 'first': first, 'contours': contours, 'points': points.flatten(0, 1),
        'shape': shape, 'logits': logits,
    }  # fmt: skip
    encode = lambda array: base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {
        'about': 'image = codes / 255; codes uint8 [3, height, width]; the others float32, row major',
        'width': width,
        'height': height,
        'codes': encode(codes),
    } | {
        name: {'shape': list(value.shape), 'data': encode(value.numpy().astype('<f4'))}
        for name, value in tensors.items()
    }


def training_data(pack: pathlib.Path) -> list[dict]:
    """What was trained on: source, licence, number of photographs."""
    counts = Counter((p.source, p.licence) for p in samples.training_pictures(pack))
    return [{'name': name, 'licence': licence, 'count': n} for (name, licence), n in counts.most_common()]


def operations(model: DeepSnake) -> dict[str, int]:
    """Multiply-adds: of the detector for 512 x 288 pixels, of all contour networks an object, of the head a point."""
    counted = Counter()

    def count(kind: str):
        def hook(module: nn.Module, _, output: Tensor) -> None:
            places = output.numel() // output.shape[1]
            counted[kind] += module.weight.numel() * places

        return hook

    kinds = {'detector': model.detector, 'points': model.points}
    kinds |= {'contours': nn.ModuleList([model.initial, model.deformations])}
    hooks = [
        module.register_forward_hook(count(kind))
        for kind, net in kinds.items()
        for module in net.modules()
        if isinstance(module, (nn.Conv1d, nn.Conv2d))
    ]
    with torch.no_grad():
        features, fine, semantic = model.detector(torch.zeros(1, 3, 288, 512))[2:]
        model.initial(features, torch.zeros(1, 1, DIAMOND_POINTS, 2), torch.zeros(1, 1, 2))
        model.contours(features, torch.zeros(1, 1, CONTOUR_POINTS, 2))
        model.inside(features, fine, semantic, torch.zeros(1, 1, 2), torch.zeros(1, 1, SHAPE))
    for hook in hooks:
        hook.remove()
    return dict(counted)


def manifest(options: argparse.Namespace, model: DeepSnake, record: dict, facts: dict[str, dict]) -> dict:
    ap50 = json.loads(options.quality.read_text()) if options.quality else {}
    return {
        'name': f'deepsnake-{options.name}',
        'title': options.title or f'Deep Snake {options.name}',
        'version': options.version,
        'task': 'segment',
        'size': options.size,
        'graphs': facts,
        'multiple': 32,
        'workingSize': WORKING_SIZE,
        'colour': {'plane': 'rgb'},
        'points': {'diamond': DIAMOND_POINTS, 'contour': CONTOUR_POINTS},
        'operations': operations(model),
        'parameters': sum(p.numel() for p in model.parameters()),
        'licence': {'weights': 'MIT', 'data': training_data(options.pack)},
        'startedFrom': record['source'],
        'training': {
            'recipe': 'training/snake/train.py',
            **train.told(record),
            'earlier': record.get('earlier', []),
            'antialias': model.config.antialias,
        },
        'classes': [
            {
                'index': i, 'name': name, 'ap50': ap50.get(name),
                'shown': i == PERSON or (ap50.get(name) or 0) >= LEAST_AP50,
            }
            for i, name in enumerate(CLASSES)
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('name', help='the folder is resources/models/deepsnake-NAME')
    parser.add_argument('--output', type=pathlib.Path, default=RESOURCES)
    parser.add_argument('--pack', type=pathlib.Path, default=train.PACK)
    parser.add_argument('--quality', type=pathlib.Path, help='JSON: measured AP50 of masks by class name')
    parser.add_argument('--size', default='standard')
    parser.add_argument('--title')
    parser.add_argument('--version', default='1.0.0')
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, record = train.load_model(options.checkpoint)
    folder = options.output / f'deepsnake-{options.name}'
    facts = write_graphs(model, folder)
    for file, content in (
        ('manifest', manifest(options, model, record, facts)),
        ('parity', parity_case(model)),
    ):
        (folder / f'{file}.json').write_text(json.dumps(content, indent=2, ensure_ascii=False) + '\n')
    print(f'{folder}: {sum(fact["bytes"] for fact in facts.values())} bytes')


if __name__ == '__main__':
    main()
