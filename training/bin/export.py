"""Writes a trained pyramid as resources/models/NAME: model.onnx, the same on 8-bit codes, manifest.json and parity.json.

    python3 -m bin.evaluate checkpoints/bin-light.pt --refinement checkpoints/bin-light-refinement.pt \\
        --json checkpoints/bin-light-quality.json     # minutes
    python3 -m bin.export checkpoints/bin-light.pt bin-light --refinement checkpoints/bin-light-refinement.pt --size light \\
        --quality checkpoints/bin-light-quality.json --samples build/bin-samples

The graphs are one step of a stream, and refine*.onnx, which makes new frames once more; all of standard ONNX operators.
app/shared/model-info.ts says what goes in and out. The ranges of the codes are those of training samples; what codes cost on samples that are held back is printed, and stands in the manifest.
"""

from __future__ import annotations

import argparse
import base64
import copy
import dataclasses
import io
import json
import math
import pathlib

import cv2
import numpy as np
import onnx
import torch
from torch import Tensor, nn

from . import evaluate, motion, train
from .backbone import Backbone
from .batches import Samples, validate
from .eight_bit import as_codes, eight_bit, eight_bit_refinement
from .model import SHARP_REACH, StreamingPyramid
from .refinement import PICTURES, Refinement, load_refinement
from .refinement import operations as refinement_operations
from .train_refinement import Pairs, pairs_of

RESOURCES = train.TRAINING.parent / 'resources' / 'models'
OPSET = 16
EIGHT_BIT = 'model-8-bit.onnx'
REFINE, REFINE_EIGHT_BIT = 'refine.onnx', 'refine-8-bit.onnx'
# Steps before a step's own that shape its results, without recurrence: a sharp frame j-2 goes back to frame j-4.
MEMORY = 3


class Step(nn.Module):
    """StreamingPyramid.step with its state as positional tensors."""

    INPUTS = ('previous', 'next', 'warped_previous', 'warped_next')

    def __init__(self, model: StreamingPyramid):
        super().__init__()
        self.model = model
        self.states = model.state_names()

    def forward(self, previous: Tensor, following: Tensor, warped_previous: Tensor, warped_next: Tensor, *states):
        named = dict(zip(self.states, states))
        between, sharp, after = self.model.step(previous, following, (warped_previous, warped_next), named)
        # The app feeds all four; without alignment two of them would vanish from the graph.
        if not self.model.config.aligned:
            between = between + 0 * (warped_previous + warped_next)
        return (between, sharp, *(after[name] for name in self.states))

    def names(self) -> tuple[list[str], list[str]]:
        inputs = [*self.INPUTS, *(f'state.{name}' for name in self.states)]
        return inputs, ['between', 'sharp', *(f'next.{name}' for name in self.states)]


def build(step: Step) -> bytes:
    return graph_of(step, *step.names())


def build_refinement(refinement: Refinement) -> bytes:
    return graph_of(refinement, [*PICTURES, 'frame'], ['refined'])


def graph_of(module: nn.Module, inputs: list[str], outputs: list[str]) -> bytes:
    given = tuple(torch.rand(1, 3, 32, 32) for _ in inputs)
    file = io.BytesIO()
    torch.onnx.export(
        module,
        given,
        file,
        input_names=inputs,
        output_names=outputs,
        opset_version=OPSET,
        dynamic_axes={name: {2: 'height', 3: 'width'} for name in (*inputs, *outputs)},
    )
    built = as_codes(onnx.load_model_from_string(file.getvalue()), module)
    onnx.checker.check_model(built)
    return built.SerializeToString()


def receptive_field(backbone: Backbone) -> int:
    """Pixels to each side, rounded up to whole reshuffles."""
    convolutions = [m for m in backbone.modules() if isinstance(m, nn.Conv2d)]
    # One at full resolution at the end reaches into the next reshuffled pixel, so it counts like the others.
    return sum(m.kernel_size[0] // 2 for m in convolutions) * backbone.shuffle


def operations(model: StreamingPyramid) -> int:
    """Multiply-adds of a step for each pixel."""
    total = 0.0
    for backbone in model.levels:
        full = [backbone.output[-1]] if len(backbone.output) == 3 else []
        for m in backbone.modules():
            if isinstance(m, nn.Conv2d):
                total += m.weight.numel() / (1 if m in full else backbone.shuffle**2)
    return round(total + sum(cell.gates.weight.numel() for cell in model.cells))


@torch.no_grad()
def two_steps(model: StreamingPyramid, crops: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """What goes into two steps over the crops of three frames, uint8 [3, size, size], and what comes out, float32."""
    codes, results = [], []
    state = model.start(evaluate.tensor(crops[0], 1))
    for a, b in zip(crops, crops[1:]):
        warps = [np.clip(np.rint(x), 0, 255).astype(np.uint8) for x in motion.to_middle(a, b)]
        given = [evaluate.tensor(x, 1) for x in (a, b, *warps)]
        between, sharp, state = model.step(given[0], given[1], tuple(given[2:]), state)
        codes += [np.transpose(x, (2, 0, 1)) for x in (a, b, *warps)]
        results += [between[0].numpy(), sharp[0].numpy()]
    return codes, results


def parity_case(model: StreamingPyramid, coded: StreamingPyramid, shot: list[np.ndarray]) -> dict:
    """Two steps over crops of a real shot, what PyTorch computes for them, and how far codes are from that on average:
    every rounding to a code moves those after it, so that two ways to compute agree in no more than this."""
    size = 32
    crops = [frame[100 : 100 + size, 200 : 200 + size] for frame in shot[:3]]
    codes, results = two_steps(model, crops)
    return {
        'about': 'two steps from the start of a shot; codes uint8 [step, '
        + ' '.join(Step.INPUTS)
        + ', 3, size, size], x = codes / 255; output float32 [step, between sharp, 3, size, size]',
        'size': size,
        'codes': encoded(codes, np.uint8),
        'output': encoded(results, '<f4'),
        'eightBitDifference': float(np.abs(np.stack(two_steps(coded, crops)[1]) - np.stack(results)).mean()),
    }


def loss_by_codes(model: StreamingPyramid, coded: StreamingPyramid, held_back: Samples) -> dict[str, float]:
    """What codes cost, in decibels of new and of sharpened frames, of blurred and of sharp input."""
    plain, rounded = (validate(net, held_back) for net in (model, coded))
    names = [f'{kind} {of}' for kind in ('between', 'frame') for of in ('blurred', 'sharp')]
    return {name: round(plain[name] - rounded[name], 3) for name in names}


@dataclasses.dataclass(frozen=True)
class ExportedRefinement:
    """What makes new frames once more, in floats and on codes, and what the manifest and the parity file tell of it."""

    blob: bytes
    coded_blob: bytes
    manifest: dict
    parity: dict
    multiple: int
    operations: int
    parameters: int
    training: dict


@torch.no_grad()
def export_refinement(path: pathlib.Path, pairs: dict[str, Pairs]) -> ExportedRefinement:
    """Of a checkpoint; pairs: what its pyramid makes of training and of held-back samples."""
    refinement, record = load_refinement(path)
    coded = eight_bit_refinement(copy.deepcopy(refinement), pairs['training'])
    blob, coded_blob = (build_refinement(net) for net in (refinement, coded))
    plain, rounded = (pairs['validation'].scores(net, False)[1] for net in (refinement, coded))
    # A pair of blurred frames, the first of them 0 to 3.5 levels away from the sharp one, so that the net has half a say.
    given = [x[:1, :, :32, :32] for x in pairs['validation'].of(pairs['validation'].blurred[0])[:-1]]
    away = torch.linspace(0, 3.5, 32) / 255
    given.append((given[0] + torch.where(given[0] > 0.5, -away, away)).mul(255).round() / 255)
    made, by_codes = refinement(*given), coded(*given)
    return ExportedRefinement(
        blob,
        coded_blob,
        {
            'file': REFINE,
            'sha256': evaluate.hash_of(blob),
            'halo': receptive_field(refinement.net) + SHARP_REACH + refinement.net.shuffle,
            'eightBit': {
                'file': REFINE_EIGHT_BIT,
                'sha256': evaluate.hash_of(coded_blob),
                'heldBackLoss': {'between blurred': round(plain - rounded, 3)},
            },
        },
        {
            'about': f"codes uint8 [{' '.join(PICTURES)} frame, 3, size, size], x = codes / 255; output float32 [3, size, size]",
            'codes': encoded([(x[0] * 255).round().numpy() for x in given], np.uint8),
            'output': encoded([made[0].numpy()], '<f4'),
            'eightBitDifference': float((by_codes - made).abs().mean()),
        },
        refinement.net.shuffle,
        refinement_operations(refinement),
        sum(p.numel() for p in refinement.parameters()),
        {
            'recipe': 'training/bin/train_refinement.py',
            'run': record['config']['name'],
            'commit': record['commit'],
            'seed': record['config']['seed'],
            'iterations': record['iteration'],
            'minutes': round(record['minutes'], 1),
            'heldBack': {name: round(value, 2) for name, value in record['validation'].items()},
        },
    )


def encoded(arrays: list[np.ndarray], kind: str | type) -> str:
    return base64.b64encode(np.stack(arrays).astype(kind).tobytes()).decode()


def manifest(
    options: argparse.Namespace, model: StreamingPyramid, record: dict, blob: bytes, coded_blob: bytes, lost: dict,
    refinement: ExportedRefinement,
) -> dict:  # fmt: skip
    """What the app is told of the graphs (app/shared/model-info.ts). Raises as evaluate.read_quality does.

    lost: what `loss_by_codes` gives.
    """
    config = model.config
    picture = lambda name: {
        'name': name, 'type': 'float32', 'shape': [1, 3, 'height', 'width'], 'layout': 'NCHW', 'range': [0, 1],
    }  # fmt: skip
    inputs, outputs = Step(model).names()
    images = model.image_states()
    # A step chains at most as many calls as there are levels.
    halo = sum(receptive_field(level) for level in model.levels)
    if config.form == 'wide' and config.aligned:
        halo += SHARP_REACH + config.backbone.shuffle
    return {
        'name': options.name,
        'title': options.title or options.name.replace('bin-', 'BIN '),
        'version': options.version,
        'task': 'interpolate',
        'size': options.size,
        'file': 'model.onnx',
        'sha256': evaluate.hash_of(blob),
        'eightBit': {'file': EIGHT_BIT, 'sha256': evaluate.hash_of(coded_blob), 'heldBackLoss': lost},
        'halo': halo,
        'multiple': math.lcm(config.backbone.shuffle, refinement.multiple),
        'refine': refinement.manifest,
        'delay': 2,
        'states': [
            {'name': name, 'channels': 3, 'stride': 1, 'start': 'frame' if name in images else 'zero'}
            for name in model.state_names()
        ],
        'memory': None if config.recurrent else MEMORY,
        'inputs': [picture(name) for name in inputs],
        'outputs': [picture(name) for name in outputs],
        'colour': {'plane': 'rgb'},
        'operations': {'adder': 0, 'mac': operations(model) + refinement.operations},
        'parameters': sum(p.numel() for p in model.parameters()) + refinement.parameters,
        'licence': {
            'weights': 'MIT',
            'data': record['samples']['data'],
        },
        'training': {
            'recipe': 'training/bin/train.py',
            'run': record['config']['name'],
            'commit': record['commit'],
            'seed': record['seed'],
            'iterations': record['iteration'],
            'minutes': round(record['minutes'], 1),
            'heldBack': {name: round(value, 2) for name, value in record['validation'].items()},
            'refinement': refinement.training,
        },
        'quality': evaluate.read_quality(options.quality, [options.checkpoint, options.refinement]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('name', help='the folder under --output')
    parser.add_argument('--refinement', type=pathlib.Path, required=True, help='a checkpoint of bin.train_refinement')
    parser.add_argument(
        '--sequences', type=pathlib.Path, nargs='+', default=[train.TRAINING / 'build' / 'bin-sequences'],
        help="the refinement's samples",
    )  # fmt: skip
    parser.add_argument('--size', choices=('fast', 'light', 'standard'), required=True)
    parser.add_argument('--quality', type=pathlib.Path, required=True, help='what bin.evaluate --json wrote')
    parser.add_argument('--samples', type=pathlib.Path, default=train.TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--output', type=pathlib.Path, default=RESOURCES)
    parser.add_argument('--title')
    parser.add_argument('--version', default='1.0.0')
    options = parser.parse_args()
    cv2.setNumThreads(1)

    model, record = train.load_model(options.checkpoint)
    cpu = torch.device('cpu')
    coded = eight_bit(copy.deepcopy(model), Samples(options.samples / 'training', cpu))
    lost = loss_by_codes(model, coded, Samples(options.samples / 'validation', cpu))
    blob, coded_blob = (build(Step(net)) for net in (model, coded))
    shot = evaluate.blurred_clip(evaluate.BENCH / 'blur' / 'cliff_flight.mp4', evaluate.clips.Exposure(5, 4))[0]
    refinement = export_refinement(options.refinement, pairs_of(options.checkpoint, options.sequences, True))
    facts = manifest(options, model, record, blob, coded_blob, lost, refinement)
    folder = options.output / options.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'model.onnx').write_bytes(blob)
    (folder / EIGHT_BIT).write_bytes(coded_blob)
    (folder / REFINE).write_bytes(refinement.blob)
    (folder / REFINE_EIGHT_BIT).write_bytes(refinement.coded_blob)
    parity = parity_case(model, coded, shot) | {'refine': refinement.parity}
    for file, content in (('manifest', facts), ('parity', parity)):
        (folder / f'{file}.json').write_text(json.dumps(content, indent=2, ensure_ascii=False) + '\n')
    for row in facts['quality']:
        print(f"{row['dataset']:26} {row['measure']:10} {row['psnr']:.2f} {row['ssim']:.4f}")
    print('8-bit codes cost, held back: ' + ', '.join(f'{name} {value:.3f} dB' for name, value in lost.items()))
    print(f"and of new frames once more {refinement.manifest['eightBit']['heldBackLoss']}")
    print(f'{folder}: {len(blob)} and {len(coded_blob)} bytes')


if __name__ == '__main__':
    main()
