"""Writes a trained net as resources/models/NAME: model.onnx, manifest.json and parity.json.

    python3 -m addersr.export runs/light-x2/best.pt addersr-light-x2

The graph is standard ONNX but for the nodes `clearcut.Adder2d` (kernels/README.md). Before anything
is written, a second reading of the file itself is held against the simulation of quantize.py.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import pathlib
import re
from collections import Counter

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from . import data, evaluate, interpret, quantize, train
from .model import AdderSR
from .quantize import AdderNode, QuantizedNet

RESOURCES = train.TRAINING.parent / 'resources' / 'models'
BENCHMARK = train.TRAINING.parent.parent / 'shared' / 'data' / 'sr-bench'
OPSETS = [helper.make_opsetid('', 17), helper.make_opsetid('clearcut', 1)]
IR_VERSION = 8

# The collection at the start of a photograph's source, and what its licence repeats of it.
COLLECTION = re.compile(r'BSDS500|CLIC 2025|[^:_]+(?=:)')
BSDS_NAME = 'Berkeley Segmentation Dataset: '


class GraphBuilder:
    """Collects nodes, constants and the types of what passes between them."""

    def __init__(self):
        self.nodes, self.constants, self.values = [], [], []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, domain: str = '', **attributes) -> str:
        self.nodes.append(
            helper.make_node(op, inputs, [output], name=output, domain=domain or None, **attributes)
        )
        return output

    def value(self, name: str, kind: int, shape: list[int | str]) -> str:
        self.values.append(helper.make_tensor_value_info(name, kind, shape))
        return name


def adder_node(graph: GraphBuilder, node: AdderNode, tensors: list[str], output: str) -> None:
    inputs = [
        tensors[node.source],
        graph.constant(f'{output}.w', node.weight),
        graph.constant(f'{output}.scale', node.scale),
        graph.constant(f'{output}.bias', node.bias),
    ]
    attributes = {
        'pads': [node.weight.shape[1] // 2] * 4,
        'strides': [1, 1],
        'pad_code': node.grid_in.zero,
        'activation': node.activation,
        'y_zero_point': node.grid_out.zero,
        'to': TensorProto.UINT8,
    }
    if node.residual is not None:
        inputs.append(tensors[node.residual])
        attributes['residual_scale'] = float(node.residual_scale)
    if node.power != 1:
        attributes |= {'power': node.power, 'power_gain': node.power_gain}
    graph.node('Adder2d', inputs, output, domain='clearcut', **attributes)


def build(net: QuantizedNet, name: str) -> onnx.ModelProto:
    """y [1,1,H,W] -> y_up [1,1,sH,sW]; between the transposes codes [1,H,W,C]."""
    model, graph = net.model, GraphBuilder()
    array = lambda tensor: tensor.detach().numpy()
    scale, width = model.config.scale, model.config.width
    nhwc = [1, 'height', 'width', width]

    graph.constant('head.w', array(model.head.weight))
    graph.constant('head.b', array(model.head.bias))
    graph.node('Conv', ['y', 'head.w', 'head.b'], 'head', kernel_shape=[5, 5], pads=[2] * 4)
    graph.node('Relu', ['head'], 'features')
    for end, grid in (('in', net.grid_in), ('out', net.grid_out)):
        graph.constant(f'grid_{end}.step', np.float32(grid.step))
        graph.constant(f'grid_{end}.zero', np.uint8(grid.zero))
    graph.node('QuantizeLinear', ['features', 'grid_in.step', 'grid_in.zero'], 'codes')
    graph.node('Transpose', ['codes'], 'body.0', perm=[0, 2, 3, 1])
    tensors = [graph.value('body.0', TensorProto.UINT8, nhwc)]
    for i, node in enumerate(net.nodes):
        output = graph.value(f'body.{i + 1}', TensorProto.UINT8, nhwc)
        adder_node(graph, node, tensors, output)
        tensors.append(output)
    graph.node('Transpose', [tensors[-1]], 'codes_out', perm=[0, 3, 1, 2])
    graph.node('DequantizeLinear', ['codes_out', 'grid_out.step', 'grid_out.zero'], 'features_out')
    graph.constant('tail.w', array(model.tail.weight))
    graph.constant('tail.b', array(model.tail.bias))
    tail = ['features_out', 'tail.w', 'tail.b']
    graph.node('Conv', tail, 'detail', kernel_shape=[3, 3], pads=[1] * 4)
    graph.constant('bicubic.pads', np.array([0, 0, 2, 2, 0, 0, 2, 2], np.int64))
    graph.constant('bicubic.w', array(model.bicubic.phases))
    graph.node('Pad', ['y', 'bicubic.pads'], 'bordered', mode='edge')
    graph.node('Conv', ['bordered', 'bicubic.w'], 'smooth', kernel_shape=[5, 5])
    graph.node('Add', ['detail', 'smooth'], 'phases')
    graph.node('DepthToSpace', ['phases'], 'y_up', blocksize=scale, mode='CRD')

    plane = lambda tensor, shape: helper.make_tensor_value_info(tensor, TensorProto.FLOAT, shape)
    inside = helper.make_graph(
        graph.nodes,
        name,
        [plane('y', [1, 1, 'height', 'width'])],
        [plane('y_up', [1, 1, 'height_up', 'width_up'])],
        graph.constants,
        value_info=graph.values,
    )
    built = helper.make_model(
        inside, opset_imports=OPSETS, ir_version=IR_VERSION, producer_name='clearcut'
    )
    check(built)
    return built


def check(built: onnx.ModelProto) -> None:
    """Nothing but Adder2d may be outside ONNX's own operators; those must be well formed."""
    onnx.checker.check_model(built)
    custom = {node.op_type for node in built.graph.node if node.domain not in ('', 'ai.onnx')}
    if custom - {'Adder2d'}:
        raise ValueError(f'custom operators in the graph: {sorted(custom)}')


@torch.no_grad()
def rounding_margin(net: QuantizedNet, y: Tensor) -> float:
    """How far the first codes are from a tie, where the last bit of a convolution would decide."""
    steps = torch.relu(net.model.head(y)) / torch.tensor(net.grid_in.step)
    return float((steps - steps.floor() - 0.5).abs().min())


def parity_case(net: QuantizedNet, pair: data.Pair) -> dict:
    """A real crop of 29 x 23 codes and what the simulation makes of it.

    Of many crops the one whose first codes are surest, so that every runtime must agree with all.
    """
    codes = np.rint(pair.low / data.STEPS).astype(np.uint8)
    height, width = (size - room for size, room in zip(codes.shape, (23, 29)))
    places = [(y, x) for y in range(0, height, 8) for x in range(0, width, 8)]
    crops = [codes[y : y + 23, x : x + 29] for y, x in places]
    as_input = lambda crop: torch.from_numpy(crop.astype(np.float32))[None, None] / 255
    crop = max(crops, key=lambda crop: (crop.std() > 20, rounding_margin(net, as_input(crop))))
    output = net.upscale(as_input(crop))
    encode = lambda values: base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()
    return {
        'about': 'y = codes / 255 in float32; codes uint8, output float32, little endian, row major',
        'width': crop.shape[1],
        'height': crop.shape[0],
        'codes': encode(crop),
        'output': encode(output.numpy().astype('<f4')),
    }


def max_difference(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max())


def verify(net: QuantizedNet, built: onnx.ModelProto, pairs: list[data.Pair]) -> float:
    """Largest difference between the file, read anew, and the simulation, in 8-bit codes."""
    again = onnx.load_model_from_string(built.SerializeToString())
    worst = 0.0
    for pair in pairs:
        for crop in (pair.low[:37, :51], pair.low[40:41, 30:33]):
            y = data.to_tensor(crop)[None]
            worst = max(worst, max_difference(interpret.run(again, y), net.upscale(y)) * 255)
    if worst > 1e-3:
        raise ValueError(f'the exported graph differs from the simulation by {worst} codes')
    return worst


def training_data(root: pathlib.Path, held_back: list[str]) -> list[dict]:
    """What was trained on: collection, licence, number of photographs."""
    with open(root / 'index.tsv', newline='') as file:
        rows = [row for row in csv.DictReader(file, delimiter='\t') if row['file'] not in held_back]
    counts = Counter(COLLECTION.match(row['source'])[0] for row in rows)
    licences = {COLLECTION.match(row['source'])[0]: row['licence'] for row in rows}
    return [
        {'name': name, 'licence': licences[name].removeprefix(BSDS_NAME), 'count': count}
        for name, count in counts.most_common()
    ]


def measure(net: QuantizedNet, benchmark: pathlib.Path) -> list[dict]:
    """Float and 8-bit scores on Set5 and Set14."""
    rows, scale = [], net.model.config.scale
    for name in ('Set5', 'Set14'):
        pairs = data.load_benchmark(benchmark / name, scale)
        for precision, upscale in (('float32', net.model), ('uint8', net.upscale)):
            score = evaluate.score(upscale, pairs, scale)
            rows.append(
                {
                    'dataset': name,
                    'scale': scale,
                    'precision': precision,
                    'psnrY': round(score['psnr'], 3),
                    'ssimY': round(score['ssim'], 4),
                }
            )
    return rows


def operations(model: AdderSR) -> dict:
    """Per input pixel: terms |x - w| of the body, multiply-adds of head, tail and skip."""
    adder = sum(weight.numel() for weight in model.adder_weights())
    mac = model.head.weight.numel() + model.tail.weight.numel() + model.bicubic.phases.numel()
    return {'adder': adder, 'mac': mac}


def training_runs(record: dict) -> list[dict]:
    """The run behind a checkpoint, after those that it started from."""
    config = train.make_config(record['config'])
    run = {
        'config': f'training/addersr/configs/{config.name}.toml',
        'commit': record['commit'],
        'seed': record['seed'],
        'iterations': record['iteration'],
        'cpuMinutes': round(record['cpu_minutes'], 1),
        'heldBackPsnrY': round(record['held_back_psnr'], 3),
    }
    if not config.start_from:
        return [run]
    return [*training_runs(train.load_model(train.TRAINING / config.start_from)[1]), run]


def manifest(name: str, title: str, version: str, net: QuantizedNet, record: dict, blob: bytes) -> dict:
    model, config = net.model, train.make_config(record['config'])
    scale = model.config.scale
    # Head 5x5, two 3x3 layers a block, tail 3x3; the skip's 5x5 lies within.
    halo = 2 + 2 * model.config.blocks + 1
    plane = lambda tensor, shape: {
        'name': tensor,
        'type': 'float32',
        'shape': shape,
        'layout': 'NCHW',
        'range': [round(16 / 255, 6), round(235 / 255, 6)],
    }
    sources = training_data((train.TRAINING / config.photographs).resolve(), config.held_back)
    runs = training_runs(record)
    photographs = sum(source['count'] for source in sources)
    return {
        'name': name,
        'title': title,
        'version': version,
        'task': 'enhance',
        'file': 'model.onnx',
        'sha256': hashlib.sha256(blob).hexdigest(),
        'scale': scale,
        'halo': halo,
        'inputs': [plane('y', [1, 1, 'height', 'width'])],
        'outputs': [plane('y_up', [1, 1, f'{scale}*height', f'{scale}*width'])],
        'colour': {'plane': 'luma', 'matrix': 'bt601', 'range': 'limited'},
        'operations': operations(model),
        'parameters': sum(p.numel() for p in model.parameters()),
        'licence': {'weights': 'MIT', 'data': sources},
        'training': {
            'recipe': 'training/addersr/train.py',
            **runs[-1],
            'iterations': sum(run['iterations'] for run in runs),
            'cpuMinutes': round(sum(run['cpuMinutes'] for run in runs), 1),
            'startedFrom': runs[:-1],
            'data': f'{photographs} photographs, reduced bicubically, nothing else degraded',
        },
        'quality': measure(net, BENCHMARK),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('name', help='the folder under resources/models')
    parser.add_argument('--title', default='AdderSR light ×2')
    parser.add_argument('--version', default='1.0.0')
    options = parser.parse_args()
    torch.set_num_threads(1)

    model, record = train.load_model(options.checkpoint)
    config = train.make_config(record['config'])
    net = quantize.quantize(model, quantize.calibration_crops(config))
    built = build(net, options.name)
    _, held_back = train.photographs(config)
    worst = verify(net, built, held_back[:4])

    folder = RESOURCES / options.name
    folder.mkdir(parents=True, exist_ok=True)
    blob = built.SerializeToString()
    facts = manifest(options.name, options.title, options.version, net, record, blob)
    (folder / 'model.onnx').write_bytes(blob)
    for file, content in (('manifest', facts), ('parity', parity_case(net, held_back[0]))):
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / f'{file}.json').write_text(text + '\n')
    for row in facts['quality']:
        print(f"{row['dataset']:6} {row['precision']:8} {row['psnrY']:.3f} {row['ssimY']:.4f}")
    print(f'{folder}: {len(blob)} bytes, file and simulation differ by {worst:.2g} codes at most')


if __name__ == '__main__':
    main()
