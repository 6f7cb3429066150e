"""Trains a BIN pyramid from a configuration file on samples made by bin.samples.

    OMP_NUM_THREADS=1 python3 -m bin.train bin/configs/light.toml [--minutes 60] [--resume]

Writes runs/NAME/{log.txt,last.pt,best.pt}; best.pt holds averaged weights, chosen on samples of clips that are
held back. With --minutes the schedule follows the clock in place of the iterations, and the run ends in time.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import os
import pathlib
import subprocess
import time
import tomllib

import numpy as np
import torch
from torch import Tensor

from . import samples
from .model import BackboneConfig, ModelConfig, StreamingPyramid

TRAINING = pathlib.Path(__file__).resolve().parent.parent
LEVELS = ('M1', 'S1', 'M2', 'S2')
# Instants (half intervals) that each level's results stand at in a sample of five frames.
INSTANTS = {'M1': (1, 3, 5, 7), 'S1': (2, 4, 6), 'M2': (3, 5), 'S2': (4,)}
MOST_PSNR = 50.0  # counted for one validation picture


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
    weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)  # of the levels' losses
    cycle: float = 0.1  # of |M1 - M2| at the same instants
    start_from: str = ''
    seed: int = 1
    log_every: int = 100
    evaluations: int = 10  # over the run


def make_config(table: dict) -> TrainConfig:
    table = copy.deepcopy(table)
    model = table['model']
    table['model'] = ModelConfig(**(model | {'backbone': BackboneConfig(**model['backbone'])}))
    if 'weights' in table:
        table['weights'] = tuple(table['weights'])
    return TrainConfig(**table)


def load_config(path: pathlib.Path) -> TrainConfig:
    with open(path, 'rb') as file:
        return make_config(tomllib.load(file))


def git_commit() -> str:
    run = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=TRAINING, capture_output=True, text=True)
    return run.stdout.strip() or 'unknown'


def charbonnier(difference: Tensor) -> Tensor:
    """rho(d) = mean sqrt(d^2 + 1e-6)."""
    return (difference.float().square() + 1e-6).sqrt().mean()


class Samples:
    """The arrays of a folder on a device, uint8; on a CPU they stay mapped on the disk."""

    def __init__(self, folder: pathlib.Path, device: torch.device):
        arrays = samples.open_arrays(folder, 'r')
        self.device = device
        self.count = len(arrays['frames'])
        if device.type == 'cpu':
            self.arrays = arrays
        else:
            self.arrays = {kind: torch.from_numpy(np.array(a)).to(device) for kind, a in arrays.items()}

    def take(self, index: np.ndarray) -> dict[str, Tensor]:
        """{kind: uint8 [n, ..., patch, patch, 3]}."""
        if self.device.type == 'cpu':
            index = np.sort(index)
            return {kind: torch.from_numpy(a[index]) for kind, a in self.arrays.items()}
        where = torch.from_numpy(index).to(self.device)
        return {kind: a[where] for kind, a in self.arrays.items()}

    def batch(self, size: int, patch: int, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """frames [n,5,3,p,p], sharp [n,9,3,p,p], warps [n,4,2,3,p,p] in 0..1: one crop, turned, mirrored,
        reversed in time and with its colours exchanged at random, alike for all of a batch but the place."""
        taken = self.take(random.integers(self.count, size=size))
        side = taken['frames'].shape[-2]
        places = random.integers(side - patch + 1, size=(size, 2))
        turned, mirrored, reversed_ = random.integers(4), random.integers(2), random.integers(2)
        colours = torch.from_numpy(random.permutation(3)).to(self.device)
        result = []
        for kind in samples.KINDS:
            crops = [x[..., r : r + patch, c : c + patch, :] for x, (r, c) in zip(taken[kind], places)]
            x = torch.stack(crops).movedim(-1, -3).index_select(-3, colours).float() / 255
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
    total = config.cycle * charbonnier(results['M1'][:, 1:3] - results['M2'])
    for level, weight in zip(LEVELS, config.weights):
        truth = sharp[:, list(INSTANTS[level])]
        total = total + weight * charbonnier(results[level] - truth)
    return total / (sum(config.weights) + config.cycle)


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Per sample over everything else; a and b in 0..1 are compared as 8-bit codes."""
    a, b = ((x.clamp(0, 1) * 255).round() / 255 for x in (a, b))
    error = (a - b).square().flatten(1).mean(1)
    return (-10 * torch.log10(error.clamp(min=1e-12))).clamp(max=MOST_PSNR)


@torch.no_grad()
def validate(model: StreamingPyramid, held_back: Samples) -> dict[str, float]:
    """Mean PSNR of new and of sharpened frames, of blurred and of sharp input apart; what the input and the
    mean of its warps score; and `score`, the mean gain over those two."""
    rows = []
    for i in range(0, held_back.count, 8):
        index = np.arange(i, min(i + 8, held_back.count))
        taken = held_back.take(index)
        frames, sharp, warps = (taken[kind].movedim(-1, -3).float() / 255 for kind in samples.KINDS)
        results = model(frames, warps)
        rows.append(
            torch.stack(
                [
                    psnr(results['M2'].float(), sharp[:, [3, 5]]),
                    psnr(results['S2'].float(), sharp[:, [4]]),
                    psnr(warps[:, 1:3].mean(2), sharp[:, [3, 5]]),
                    psnr(frames[:, [2]], sharp[:, [4]]),
                ],
                1,
            )
        )
    table = torch.cat(rows).cpu().double()
    blurred = table[:, 3] < 40
    score = float((table[:, :2] - table[:, 2:]).mean())
    names = ('between', 'frame', 'warped', 'input')
    means = {f'{name} {kind}': float(table[which, i].mean())
             for kind, which in (('blurred', blurred), ('sharp', ~blurred)) for i, name in enumerate(names)}
    return {'score': score} | means


def save(path: pathlib.Path, record: dict) -> None:
    part = path.with_suffix('.part')
    torch.save(record, part)
    os.replace(part, path)


def load_model(path: pathlib.Path) -> tuple[StreamingPyramid, dict]:
    """The net of a checkpoint, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = StreamingPyramid(make_config(record['config']).model)
    model.load_state_dict(record['model'])
    return model.eval(), record


def run(
    config: TrainConfig, folder: pathlib.Path, device: torch.device, minutes: float | None, resume: bool
) -> None:
    """Trains on samples of `folder` and writes runs/NAME."""
    output = TRAINING / 'runs' / config.name
    output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    fast = device.type == 'cuda'
    if fast:
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    else:
        torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
        torch.set_flush_denormal(True)
    training, held_back = (Samples(folder / part, device) for part in ('training', 'validation'))

    model = StreamingPyramid(config.model).to(device)
    if config.start_from:
        model.load_state_dict(load_model(TRAINING / config.start_from)[0].state_dict())
    if fast:
        model = model.to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(model).requires_grad_(False)
    weights, averages = list(model.parameters()), list(averaged.parameters())
    optimizer = torch.optim.Adam(weights, betas=(0.9, 0.99), foreach=True)
    first, spent, best = 0, 0.0, -math.inf
    if resume:
        record = torch.load(output / 'last.pt', map_location=device)
        model.load_state_dict(record['raw'])
        averaged.load_state_dict(record['averaged'])
        optimizer.load_state_dict(record['optimizer'])
        random.bit_generator.state = record['random']
        first, spent, best = record['iteration'], record['minutes'], record['best']
    start = time.monotonic()

    def elapsed() -> float:
        """Minutes of training, those before a resumption included."""
        return spent + (time.monotonic() - start) / 60

    def progress(iteration: int) -> float:
        return elapsed() / minutes if minutes else iteration / config.iterations

    log_file = open(output / 'log.txt', 'a')

    def log(line: str) -> None:
        print(f'[{config.name}] {line}', flush=True)
        print(line, file=log_file, flush=True)

    log(f'# {sum(w.numel() for w in weights)} parameters, {training.count} samples, {git_commit()[:10]}, {device}')

    def check(iteration: int) -> None:
        nonlocal best
        found = validate(averaged, held_back)
        common = {'config': dataclasses.asdict(config), 'iteration': iteration, 'minutes': elapsed(),
                  'seed': config.seed, 'commit': git_commit()}
        mark = ''
        if found['score'] > best:
            best, mark = found['score'], ' *'
            state = {name: x.cpu().contiguous() for name, x in averaged.state_dict().items()}
            save(output / 'best.pt', common | {'model': state, 'validation': found})
        save(output / 'last.pt', common | {
            'raw': model.state_dict(), 'averaged': averaged.state_dict(), 'optimizer': optimizer.state_dict(),
            'random': random.bit_generator.state, 'best': best,
        })
        words = ', '.join(f'{name} {value:.2f}' for name, value in found.items())
        log(f'{iteration} {words}{mark}, {elapsed():.1f} min')

    losses: list[Tensor] = []
    checks, iteration = math.floor(progress(first) * config.evaluations), first
    while (share := progress(iteration)) < 1:
        cosine = config.rate_end + (1 - config.rate_end) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimizer.param_groups:
            group['lr'] = config.rate * cosine * min(1, (iteration + 1) / config.warmup)
        frames, sharp, warps = training.batch(config.batch, config.patch, random)
        with torch.autocast(device.type, torch.bfloat16, enabled=fast):
            results = model(frames, warps if config.model.aligned else None)
        loss = loss_of(results, sharp, config)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, config.clip)
        optimizer.step()
        decay = min(config.average, (iteration + 1) / (iteration + 10))
        with torch.no_grad():
            torch._foreach_mul_(averages, decay)
            torch._foreach_add_(averages, weights, alpha=1 - decay)
        losses.append(loss.detach())
        iteration += 1
        if iteration % config.log_every == 0:
            mean = float(torch.stack(losses).mean())
            losses.clear()
            if not math.isfinite(mean):
                raise FloatingPointError(f'the loss is {mean} at iteration {iteration}')
            log(f'{iteration} loss {mean * 255:.4f}, {elapsed():.2f} min')
        if math.floor(progress(iteration) * config.evaluations) > checks:
            checks = math.floor(progress(iteration) * config.evaluations)
            check(iteration)
    log_file.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--samples', type=pathlib.Path, default=TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    options = parser.parse_args()
    device = torch.device(options.device)
    run(load_config(options.config), options.samples, device, options.minutes, options.resume)


if __name__ == '__main__':
    main()
