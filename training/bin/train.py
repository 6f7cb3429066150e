"""Trains a BIN pyramid from a configuration file on samples made by bin.samples.

    OMP_NUM_THREADS=1 python3 -m bin.train bin/configs/light.toml [--minutes 60] [--resume]

Writes runs/NAME/{log.txt,last.pt,best.pt}; best.pt holds averaged weights, chosen on samples of clips that are
held back. With --minutes the schedule follows the clock in place of the iterations, and the run ends in time.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import json
import math
import os
import pathlib
import time
import tomllib
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from common import learning, schedule
from common.checkpoints import TRAINING, git_commit, save
from common.graphed import Graphed

from . import samples
from .model import BackboneConfig, ModelConfig, StreamingPyramid

# Instants (half intervals) that each level's results stand at in a sample of five frames.
INSTANTS = {
    2: {'M1': slice(3, 6, 2), 'S1': slice(4, 5)},
    4: {'M1': slice(1, 8, 2), 'S1': slice(2, 7, 2), 'M2': slice(3, 6, 2), 'S2': slice(4, 5)},
}
MOST_PSNR = 50.0  # counted for one validation picture
SHARP = 40.0  # PSNR of a frame from which on it counts as sharp: noise and coding alone


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """One run. patch: side of the crops, pixels. rate: Adam's at the top of the cosine."""

    name: str
    model: ModelConfig
    iterations: int
    batch: int = 8
    patch: int = 96
    rate: float = 1e-3
    rate_end: float = 0.01  # as a share of `rate`
    warmup: int = 100
    average: float = 0.999
    clip: float = 1.0  # of the gradient's norm
    cycle: float = 0.1  # of |M1 - M2| at the same instants
    sharp_share: float = 0.25  # of the samples
    start_from: str = ''
    seed: int = 1
    log_every: int = 100
    evaluations: int = 10  # over the run


def make_config(table: dict) -> TrainConfig:
    table = copy.deepcopy(table)
    model = table['model']
    table['model'] = ModelConfig(**(model | {'backbone': BackboneConfig(**model['backbone'])}))
    return TrainConfig(**table)


def load_config(path: pathlib.Path) -> TrainConfig:
    with open(path, 'rb') as file:
        return make_config(tomllib.load(file))


def charbonnier(difference: Tensor) -> Tensor:
    """rho(d) = mean sqrt(d^2 + 1e-6)."""
    return (difference.float().square() + 1e-6).sqrt().mean()


class Samples:
    """The arrays of a folder on a device, uint8; on a CPU they stay mapped on the disk.

    sharp_share: how many of those drawn are sharp; the others are blurred.
    """

    def __init__(self, folder: pathlib.Path, device: torch.device, sharp_share: float = 0.25):
        arrays = samples.open_arrays(folder, 'r')
        self.device = device
        self.count = len(arrays['frames'])
        self.about = json.loads((folder / samples.ABOUT).read_text())
        middle = samples.FRAMES // 2
        blur = np.array(
            [samples.psnr(f[middle], s[2 * middle]) for f, s in zip(arrays['frames'], arrays['sharp'])]
        )
        self.sharp, self.blurred = np.flatnonzero(blur >= SHARP), np.flatnonzero(blur < SHARP)
        if not len(self.sharp) or not len(self.blurred):
            sharp_share = float(len(self.sharp) > 0)
        self.sharp_share = sharp_share
        if device.type == 'cpu':
            self.arrays = arrays
        else:
            self.arrays = {kind: torch.from_numpy(np.array(a)).to(device) for kind, a in arrays.items()}

    def take(self, index: np.ndarray) -> dict[str, Tensor]:
        """{kind: uint8 [n, ..., patch, patch, 3]}."""
        if self.device.type == 'cpu':
            return {kind: torch.from_numpy(a[index]) for kind, a in self.arrays.items()}
        where = torch.from_numpy(index).to(self.device)
        return {kind: a[where] for kind, a in self.arrays.items()}

    def draw(self, size: int, random: np.random.Generator) -> np.ndarray:
        """Indices of a batch."""
        sharp = random.binomial(size, self.sharp_share)
        return np.concatenate([random.choice(self.sharp, sharp), random.choice(self.blurred, size - sharp)])

    def batch(self, size: int, patch: int, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """frames [n,5,3,p,p], sharp [n,9,3,p,p], warps [n,4,2,3,p,p] in 0..1: cropped, turned, mirrored,
        reversed in time and with its colours exchanged at random, alike for all of a batch."""
        taken = self.take(self.draw(size, random))
        side = taken['frames'].shape[-2]
        r, c = random.integers(side - patch + 1, size=2)
        turned, mirrored, reversed_ = random.integers(4), random.integers(2), random.integers(2)
        colours = torch.from_numpy(random.permutation(3)).to(self.device)
        result = []
        for kind in samples.KINDS:
            x = taken[kind][..., r : r + patch, c : c + patch, :].movedim(-1, -3)
            x = x.index_select(-3, colours).float() / 255
            x = torch.rot90(x, int(turned), (-2, -1))
            if mirrored:
                x = x.flip(-1)
            if reversed_:
                x = x.flip(1)
                if kind == 'warps':
                    x = x.flip(2)
            result.append(x)
        return tuple(result)


def loss_of(results: dict[str, Tensor], sharp: Tensor, config: TrainConfig) -> Tensor:
    """Mean of the levels' errors, and of what M1 and M2 differ by at the same instants."""
    instants = INSTANTS[len(results)]
    total = sum(charbonnier(results[level] - sharp[:, where]) for level, where in instants.items())
    if 'M2' in results:
        total = total + config.cycle * charbonnier(results['M1'][:, 1:3] - results['M2'])
    return total / len(instants)


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Per sample over everything else; a and b in 0..1 are compared as 8-bit codes."""
    a, b = ((x.clamp(0, 1) * 255).round() / 255 for x in (a, b))
    error = (a - b).square().flatten(1).mean(1)
    return (-10 * torch.log10(error.clamp(min=1e-12))).clamp(max=MOST_PSNR)


@torch.no_grad()
def validate(model: Callable[[Tensor, Tensor], dict[str, Tensor]], held_back: Samples) -> dict[str, float]:
    """Mean PSNR of new and of sharpened frames, of blurred and of sharp input apart; what the input and the
    mean of its warps score; and `score`, the mean gain over those two."""
    rows = []
    for i in range(0, held_back.count, 8):
        index = np.arange(i, min(i + 8, held_back.count))
        taken = held_back.take(index)
        frames, sharp, warps = (taken[kind].movedim(-1, -3).float() / 255 for kind in samples.KINDS)
        new, real = list(model(frames, warps).values())[-2:]
        rows.append(
            torch.stack(
                [
                    psnr(new.float(), sharp[:, [3, 5]]),
                    psnr(real.float(), sharp[:, [4]]),
                    psnr(warps[:, 1:3].mean(2), sharp[:, [3, 5]]),
                    psnr(frames[:, [2]], sharp[:, [4]]),
                ],
                1,
            )
        )
    table = torch.cat(rows).cpu().double()
    blurred = table[:, 3] < SHARP
    score = float((table[:, :2] - table[:, 2:]).mean())
    names = ('between', 'frame', 'warped', 'input')
    means = {
        f'{name} {kind}': float(table[which, i].mean())
        for kind, which in (('blurred', blurred), ('sharp', ~blurred))
        for i, name in enumerate(names)
    }
    return {'score': score} | means


def load_model(path: pathlib.Path) -> tuple[StreamingPyramid, dict]:
    """The net of a checkpoint, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = StreamingPyramid(make_config(record['config']).model)
    model.load_state_dict(record['model'])
    return model.eval(), record


class Learner:
    """The net with what changes as it learns: Adam's state, averaged weights."""

    def __init__(self, config: TrainConfig, device: torch.device, half: bool = False):
        self.config = config
        self.model = StreamingPyramid(config.model).to(device)
        if config.start_from:
            self.model.load_state_dict(load_model(TRAINING / config.start_from)[0].state_dict())
        self.on_gpu = device.type == 'cuda'
        self.half = half or self.on_gpu
        if self.on_gpu:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.model).requires_grad_(False)
        self.weights = list(self.model.parameters())
        self.optimizer = learning.adam([{'params': self.weights, 'top': config.rate}], device)

    def results(self, model: StreamingPyramid, frames: Tensor, warps: Tensor) -> dict[str, Tensor]:
        """In bfloat16 on a GPU and on processors that were asked to."""
        with torch.autocast(frames.device.type, torch.bfloat16, enabled=self.half, cache_enabled=False):
            return model(frames, warps if self.config.model.aligned else None)

    def step(self, _key: str, frames: Tensor, sharp: Tensor, warps: Tensor, keep: float | Tensor) -> Tensor:
        """One iteration on one batch; returns its loss. Reads no value back (common/graphed.py).

        keep: the averaged weights' decay.
        """
        loss = loss_of(self.results(self.model, frames, warps), sharp, self.config)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, self.config.clip)
        self.optimizer.step()
        learning.follow(list(self.averaged.parameters()), self.weights, keep)
        return loss.detach()


def prepare(device: torch.device) -> None:
    """Threads and arithmetic of a device."""
    if device.type == 'cuda':
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    else:
        torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
        torch.set_flush_denormal(True)


def run(
    config: TrainConfig, folder: pathlib.Path, device: torch.device, minutes: float | None = None,
    resume: bool = False, graphs: bool = True, half: bool = False,
) -> dict[str, float]:  # fmt: skip
    """Trains on samples of `folder`, writes runs/NAME and returns the last validation.

    minutes: ends then, loading included. graphs: whether a GPU's steps are captured as CUDA graphs.
    half: whether a processor computes in bfloat16; 1.7 times as fast where it has AVX512_BF16.
    """
    progress = schedule.Progress(config.iterations, minutes)
    output = TRAINING / 'runs' / config.name
    output.mkdir(parents=True, exist_ok=True)
    prepare(device)
    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    training = Samples(folder / 'training', device, config.sharp_share)
    held_back = Samples(folder / 'validation', device)
    learner = Learner(config, device, half)
    step = Graphed(learner.step) if learner.on_gpu and graphs else learner.step

    iteration, best = 0, -math.inf
    if resume:
        record = torch.load(output / 'last.pt', map_location=device)
        learner.model.load_state_dict(record['raw'])
        learner.averaged.load_state_dict(record['averaged'])
        learner.optimizer.load_state_dict(record['optimizer'])
        random.bit_generator.state = record['random']
        iteration, best = record['iteration'], record['best']

    log_file = open(output / 'log.txt', 'a')

    def log(line: str) -> None:
        line += f', {progress.elapsed():.2f} min'
        print(f'[{config.name}] {line}', flush=True)
        print(line, file=log_file, flush=True)

    parameters = sum(w.numel() for w in learner.weights)
    log(
        f'# {parameters} parameters, {len(training.blurred)} blurred and {len(training.sharp)} sharp samples, '
        f'{git_commit()[:10]}, {device}'
    )

    def check() -> dict[str, float]:
        """Scores the averaged weights on the held-back samples and writes the checkpoints."""
        nonlocal best
        with torch.backends.cudnn.flags(enabled=True, benchmark=False):
            found = validate(lambda *given: learner.results(learner.averaged, *given), held_back)
        common = {
            'config': dataclasses.asdict(config),
            'iteration': iteration,
            'minutes': progress.elapsed(),
            'seed': config.seed,
            'commit': git_commit(),
        }
        mark = ''
        if found['score'] > best:
            best, mark = found['score'], ' *'
            state = {name: x.cpu().contiguous() for name, x in learner.averaged.state_dict().items()}
            save(output / 'best.pt', common | {'model': state, 'validation': found, 'samples': training.about})
        last = common | {
            'raw': learner.model.state_dict(),
            'averaged': learner.averaged.state_dict(),
            'optimizer': learner.optimizer.state_dict(),
            'random': random.bit_generator.state,
            'best': best,
        }
        save(output / 'last.pt', last)
        log(f'{iteration} ' + ', '.join(f'{name} {value:.2f}' for name, value in found.items()) + mark)
        return found

    found: dict[str, float] = {}
    loss = learning.RunningLoss(device)
    progress.begin()
    position = progress.at(iteration)
    while position < 1:
        cosine = 0.5 * (1 + math.cos(math.pi * position))
        warm = min(1, (iteration + 1) / config.warmup)
        learning.set_rates(learner.optimizer, warm * (config.rate_end + (1 - config.rate_end) * cosine))
        batch = training.batch(config.batch, config.patch, random)
        loss.add(step('step', *batch, learning.keep_at(config.average, iteration, device)))
        iteration += 1
        before, position = position, progress.at(iteration)
        if iteration % config.log_every == 0:
            log(f'{iteration} loss {loss.take(iteration) * 255:.4f}')
        if schedule.passed(before, position, 1 / config.evaluations) or position >= 1:
            found = check()
    log_file.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--samples', type=pathlib.Path, default=TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--eager', action='store_true', help='no CUDA graphs')
    parser.add_argument('--bfloat16', action='store_true', help='on a processor that has AVX512_BF16')
    options = parser.parse_args()
    device = torch.device(options.device)
    config = load_config(options.config)
    run(config, options.samples, device, options.minutes, options.resume, not options.eager, options.bfloat16)


if __name__ == '__main__':
    main()
