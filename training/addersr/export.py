"""Writes a trained net as resources/models/NAME: model.onnx, manifest.json and parity.json.

    python3 -m addersr.export runs/light-x2/best.pt

The graph is a chain of the operators of the domain `clearcut` (kernels/README.md): `QuantizedConv2d`,
`Adder2d` for every layer of the body, `SubpixelConv2d`. Before anything is written, a second reading of
the file itself is held against the simulation of quantize.py.
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
from .config import TrainConfig, make_config
from .model import AdderSR
from .quantize import LUMA_LEVELS, AdderNode, HeadNode, QuantizedNet, TailNode

RESOURCES = train.TRAINING.parent / 'resources' / 'models'
BENCHMARK = train.TRAINING.parent.parent / 'shared' / 'data' / 'sr-bench'
OPSETS = [helper.make_opsetid('', 17), helper.make_opsetid('clearcut', 1)]
IR_VERSION = 8

# The collection at the start of a photograph's source, and what its licence repeats of it.
COLLECTION = re.compile(r'BSDS500|CLIC 2025|[^:_]+(?=:)')
BSDS_NAME = 'Berkeley Segmentation Dataset: '

OPERATORS = {'QuantizedConv2d', 'Adder2d', 'SubpixelConv2d'}

# A size by the terms |x - w| that its body has for an input pixel: light has 147,456.
LIGHT_TERMS = 8 * 2 * 9 * 32 * 32
SIZES = {'fast': LIGHT_TERMS * 3 // 8, 'light': LIGHT_TERMS * 3 // 2, 'standard': None}


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
    """y [1,1,H,W] -> y_up [1,1,sH,sW]; between head and tail codes [1,H,W,C]."""
    graph = GraphBuilder()
    nhwc = [1, 'height', 'width', net.model.config.width]

    def constants(prefix: str, node: HeadNode | TailNode) -> list[str]:
        values = {'w': node.weight, 'scale': node.scale, 'bias': node.bias}
        return [graph.constant(f'{prefix}.{kind}', value) for kind, value in values.items()]

    graph.node(
        'QuantizedConv2d',
        ['y', *constants('head', net.head)],
        graph.value('body.0', TensorProto.UINT8, nhwc),
        domain='clearcut',
        x_levels=float(LUMA_LEVELS),
        activation='relu',
        y_zero_point=net.head.grid_out.zero,
    )
    tensors = ['body.0']
    for i, node in enumerate(net.nodes):
        output = graph.value(f'body.{i + 1}', TensorProto.UINT8, nhwc)
        adder_node(graph, node, tensors, output)
        tensors.append(output)
    graph.node(
        'SubpixelConv2d',
        [tensors[-1], *constants('tail', net.tail), 'y'],
        'y_up',
        domain='clearcut',
        block_size=net.tail.block_size,
        x_zero_point=net.tail.grid_in.zero,
    )

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
    """Nothing but our own operators may be outside ONNX's; those must be well formed."""
    onnx.checker.check_model(built)
    custom = {node.op_type for node in built.graph.node if node.domain not in ('', 'ai.onnx')}
    if custom - OPERATORS:
        raise ValueError(f'custom operators in the graph: {sorted(custom)}')


def parity_case(net: QuantizedNet, pair: data.Pair) -> dict:
    """A real crop of 29 x 23 codes, of many the one with the strongest contrast, and what the simulation makes of it."""
    codes = np.rint(pair.low / data.STEPS).astype(np.uint8)
    height, width = (size - room for size, room in zip(codes.shape, (23, 29)))
    places = [(y, x) for y in range(0, height, 8) for x in range(0, width, 8)]
    crop = max((codes[y : y + 23, x : x + 29] for y, x in places), key=np.std)
    output = net.upscale(torch.from_numpy(crop.astype(np.float32))[None, None] / 255)
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


def training_data(config: TrainConfig) -> list[dict]:
    """What was trained on: collection, licence, number of photographs; a collection may have several licences."""
    rows = []
    for root in config.photographs:
        with open((train.TRAINING / root).resolve() / 'index.tsv', newline='') as file:
            rows += csv.DictReader(file, delimiter='\t')
    rows = [row for row in rows if row['file'] not in config.held_back]
    counts = Counter((COLLECTION.match(row['source'])[0], row['licence'].removeprefix(BSDS_NAME)) for row in rows)
    return [
        {'name': name, 'licence': licence, 'count': count} for (name, licence), count in counts.most_common()
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


def size_of(model: AdderSR) -> str:
    """The smallest size whose body is as large as this net's."""
    terms = operations(model)['adder']
    return next(size for size, most in SIZES.items() if most is None or terms <= most)


def manifest(options: argparse.Namespace, net: QuantizedNet, record: dict, blob: bytes) -> dict:
    model, config = net.model, make_config(record['config'])
    scale = model.config.scale
    # Head, two layers a block, tail; the skip's taps lie within the head's.
    halo = sum(node.weight.shape[1] // 2 for node in (net.head, *net.nodes, net.tail))
    plane = lambda tensor, shape: {
        'name': tensor,
        'type': 'float32',
        'shape': shape,
        'layout': 'NCHW',
        'range': [round(16 / 255, 6), round(235 / 255, 6)],
    }
    sources = training_data(config)
    runs = train.history(record)
    photographs = sum(source['count'] for source in sources)
    degraded = 'some of them blurred or compressed' if options.restore else 'nothing else degraded'
    return {
        'name': options.name,
        'title': options.title,
        'version': options.version,
        'task': 'enhance',
        'size': options.size,
        'restore': options.restore,
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
            'data': f'{photographs} photographs, reduced bicubically, {degraded}',
        },
        'quality': measure(net, BENCHMARK),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('name', nargs='?', help='the folder under resources/models')
    parser.add_argument('--size', choices=SIZES, help='default: by the number of operations')
    parser.add_argument('--restore', action='store_true', help='trained on compressed and blurred pictures')
    parser.add_argument('--title')
    parser.add_argument('--version', default='1.0.0')
    options = parser.parse_args()
    torch.set_num_threads(1)

    model, record = train.load_model(options.checkpoint)
    options.size = options.size or size_of(model)
    kind = f'restore-{options.size}' if options.restore else options.size
    options.name = options.name or f'addersr-{kind}-x{model.config.scale}'
    options.title = options.title or f"AdderSR {kind.replace('-', ' ')} ×{model.config.scale}"
    config = make_config(record['config'])
    net = quantize.quantize(model, quantize.crops_of(config))
    built = build(net, options.name)
    _, held_back = train.photographs(config)
    worst = verify(net, built, held_back[:4])

    folder = RESOURCES / options.name
    folder.mkdir(parents=True, exist_ok=True)
    blob = built.SerializeToString()
    facts = manifest(options, net, record, blob)
    (folder / 'model.onnx').write_bytes(blob)
    for file, content in (('manifest', facts), ('parity', parity_case(net, held_back[0]))):
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / f'{file}.json').write_text(text + '\n')
    for row in facts['quality']:
        print(f"{row['dataset']:6} {row['precision']:8} {row['psnrY']:.3f} {row['ssimY']:.4f}")
    print(f'{folder}: {len(blob)} bytes, file and simulation differ by {worst:.2g} codes at most')


if __name__ == '__main__':
    main()
