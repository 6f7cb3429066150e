"""Trains a BIN pyramid from a configuration file on samples made by bin.samples, which may go on making them.

    OMP_NUM_THREADS=1 python3 -m bin.train bin/configs/light.toml [--minutes 60] [--resume]

Writes runs/NAME/{log.txt,last.pt,best.pt}; best.pt holds averaged weights, chosen on samples of clips that are
held back. With --minutes the schedule follows the clock in place of the iterations, and the run ends in time.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import pathlib
import shutil
import tomllib

import numpy as np
import torch
from torch import Tensor

from common import learning, schedule
from common.checkpoints import TRAINING, git_commit, save
from common.graphed import Graphed

from .batches import Samples, validate
from .backbone import BackboneConfig
from .model import ModelConfig, StreamingPyramid

# First instant (half interval) of each level's results in a sample; the others follow two apart.
FIRST_INSTANT = {
    2: {'M1': 3, 'S1': 4},
    4: {'M1': 1, 'S1': 2, 'M2': 3, 'S2': 4},
}


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
    # Squared error (1 is white) that counts little against the samples' own, when rates are highest and at the end.
    floor: float = 1e-3
    floor_end: float = 1e-4
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


def logarithm(made: Tensor, truth: Tensor, floor: float | Tensor) -> Tensor:
    """Mean over samples of ln(1 + mean squared error / floor): PSNR far above the floor, the error itself below.

    Pictures that hardly differ from their truth, the sharp ones, pull as hard as others only once those are learned:
    with the mean of |error| they keep a net at giving its input back.
    """
    return torch.log1p((made.float() - truth).square().flatten(1).mean(1) / floor).mean()


def loss_of(results: dict[str, Tensor], sharp: Tensor, floor: float | Tensor, config: TrainConfig) -> Tensor:
    """Mean of the levels' errors, and of what M1 and M2 differ by at the same instants.

    sharp [N,instants,3,H,W]: of all instants of a sample, or of those in its middle, which two levels have results of.
    """
    frames = list(results.values())[-1].shape[1] + 4
    first = (2 * frames - 1 - sharp.shape[1]) // 2
    total = sum(
        logarithm(made[:, i], sharp[:, instant + 2 * i - first], floor) / made.shape[1]
        for level, instant in FIRST_INSTANT[len(results)].items()
        for made in [results[level]]
        for i in range(made.shape[1])
    )
    if 'M2' in results:
        total = total + config.cycle * logarithm(results['M1'][:, 1:-1], results['M2'], floor)
    return total / len(results)


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

    def step(
        self, _key: str, frames: Tensor, sharp: Tensor, warps: Tensor, floor: float | Tensor, keep: float | Tensor
    ) -> Tensor:
        """One iteration on one batch; returns its loss. Reads no value back (common/graphed.py).

        floor: of the loss. keep: the averaged weights' decay.
        """
        loss = loss_of(self.results(self.model, frames, warps), sharp, floor, self.config)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, self.config.clip)
        self.optimizer.step()
        learning.follow(list(self.averaged.parameters()), self.weights, keep)
        return loss.detach()


def run(
    config: TrainConfig, folder: pathlib.Path, device: torch.device, minutes: float | None = None,
    resume: bool = False, graphs: bool = False, half: bool = False, copies: pathlib.Path | None = None,
) -> dict[str, float]:  # fmt: skip
    """Trains on samples of `folder`, writes runs/NAME and returns the last validation.

    minutes: ends then, loading included. graphs: whether a GPU's steps are captured as CUDA graphs.
    half: whether a processor computes in bfloat16; 2.6 times as fast where it has AVX512_BF16.
    copies: a folder that best.pt and the log are copied to as they are written.
    """
    progress = schedule.Progress(config.iterations, minutes)
    output = TRAINING / 'runs' / config.name
    output.mkdir(parents=True, exist_ok=True)
    learning.prepare(device)
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

    log = learning.Log(output / 'log.txt', config.name, lambda: f'{progress.elapsed():.2f} min')
    parameters = sum(w.numel() for w in learner.weights)
    log(f'# {parameters} parameters, {training.count} samples, {git_commit()[:10]}, {device}')

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
            state = learning.portable(learner.averaged)
            save(output / 'best.pt', common | {'model': state, 'validation': found, 'samples': training.about})
            if copies:
                copies.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(output / 'best.pt', copies / f'{config.name}.pt')
        last = common | {
            'raw': learner.model.state_dict(),
            'averaged': learner.averaged.state_dict(),
            'optimizer': learner.optimizer.state_dict(),
            'random': random.bit_generator.state,
            'best': best,
        }
        save(output / 'last.pt', last)
        log(f'{iteration} ' + ', '.join(f'{name} {value:.2f}' for name, value in found.items()) + mark)
        if copies:
            shutil.copyfile(output / 'log.txt', copies / f'{config.name}.txt')
        return found

    found: dict[str, float] = {}
    loss = learning.RunningLoss(device)
    progress.begin()
    since = iteration, progress.elapsed()  # of the last log line
    position = progress.at(iteration)
    while position < 1:
        share = schedule.warm_cosine(iteration, position, config.warmup, config.rate_end)
        learning.set_rates(learner.optimizer, share)
        batch = training.batch(config.batch, config.patch, random)
        floor = config.floor * (config.floor_end / config.floor) ** position
        floor = torch.full((), floor, device=device) if learner.on_gpu else floor
        loss.add(step('step', *batch, floor, learning.keep_at(config.average, iteration, device)))
        iteration += 1
        before, position = position, progress.at(iteration)
        if iteration % config.log_every == 0:
            pace = 60e3 * (progress.elapsed() - since[1]) / (iteration - since[0])
            log(f'{iteration} loss {loss.take(iteration):.4f}, {pace:.0f} ms a step')
            since = iteration, progress.elapsed()
        if schedule.passed(before, position, 1 / config.evaluations) or position >= 1:
            found = check()
            since = iteration, progress.elapsed()
    log.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--samples', type=pathlib.Path, default=TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--iterations', type=int, help="in place of the configuration's")
    parser.add_argument('--name', help="in place of the configuration's")
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--graphs', action='store_true', help='steps as CUDA graphs')
    parser.add_argument('--copies', type=pathlib.Path, help='a folder that best.pt and the log are copied to')
    parser.add_argument('--bfloat16', action='store_true', help='on a processor that has AVX512_BF16')
    options = parser.parse_args()
    device = torch.device(options.device)
    config = load_config(options.config)
    changes = {key: value for key in ('iterations', 'name') if (value := getattr(options, key))}
    config = dataclasses.replace(config, **changes)
    run(
        config, options.samples, device, options.minutes, options.resume, options.graphs, options.bfloat16,
        options.copies,
    )  # fmt: skip


if __name__ == '__main__':
    main()
