"""Trains Deep Snake from a configuration file on samples that are composed as it runs.

    python3 -m snake.pack                                              # once: build/instances-train.npz
    python3 -m snake.train snake/configs/person.toml [--minutes 9] [--resume] [--workers 15]
    python3 -m snake.train snake/configs/check.toml --check 200        # does every part of the loss fall?

Writes runs/NAME/{log.txt,last.pt,best.pt}; best.pt holds the averaged weights. With --minutes the schedule follows
the clock in place of the iterations, and the run ends in time.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import itertools
import os
import pathlib
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from common import learning, schedule
from common.checkpoints import TRAINING, git_commit, save

from . import convert, losses, samples
from .config import TrainConfig, load_config, make_config
from .model import DeepSnake
from .own_size import OwnSize

PACK = TRAINING / 'build' / 'instances-train.npz'
CHECKED = 6  # batches that tell whether the loss falls
AHEAD = 3  # batches that each worker has ready
BYTES_PER_PIXEL = 6  # of a sample: image, ids, person, other


def load_model(path: pathlib.Path) -> tuple[DeepSnake, dict]:
    """The net of a checkpoint, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = DeepSnake(make_config(record['config']).model)
    model.load_state_dict({name: value.float() for name, value in record['model'].items()})
    return model.eval(), record


def floats(model: DeepSnake) -> list[Tensor]:
    """Weights and running statistics."""
    return [value for value in model.state_dict().values() if value.is_floating_point()]


class Learner:
    """The net with what changes as it learns: Adam's state, averaged weights."""

    def __init__(self, config: TrainConfig, device: torch.device, half: bool = False):
        self.config, self.device = config, device
        model = DeepSnake(config.model)
        self.source, self.earlier = start(model, TRAINING / config.start_from)
        self.model = model.to(device)
        self.half = half or device.type == 'cuda'
        if device.type == 'cuda':
            self.model = self.model.to(memory_format=faster_layout(self.model, config, device))
        elif half:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.averages, self.values = floats(self.averaged), floats(self.model)
        converted, fresh = [], []
        for name, weight in self.model.named_parameters():
            if config.only and not name.startswith(config.only):
                weight.requires_grad_(False)
            elif name.startswith('detector.net.') and '.filter.' not in name:
                converted.append(weight)
            else:
                fresh.append(weight)
        for module in self.model.modules():
            # What stands keeps its statistics, too.
            if isinstance(module, nn.BatchNorm1d) and not module.weight.requires_grad:
                module.eval()
        self.parts_of_net = [converted, fresh]
        groups = [
            {'params': converted, 'top': config.relative_rate},
            {'params': fresh, 'top': config.rate},
        ]
        self.optimizer = learning.adam(groups, device)
        self.own_size = OwnSize(converted)

    def parts(self, model: DeepSnake, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The parts of the loss; in bfloat16 on a GPU and on processors that were asked to."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            return losses.parts(model, batch, self.config.loss, self.config.objects)

    @torch.no_grad()
    def measure(self, batches: list[dict[str, Tensor]]) -> Tensor:
        """The parts of the averaged weights' loss on the same batches and starts at every call."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            found = [self.parts(self.averaged, batch) for batch in batches]
        return torch.stack([torch.stack([row[name] for name in losses.PARTS]) for row in found]).mean(0)

    def step(self, batch: dict[str, Tensor], keep: float | Tensor, share: float = 1.0) -> Tensor:
        """One iteration at a share of the top rates; returns the parts of its loss in the order of losses.PARTS, and the
        norms of both gradients. Reads no value back."""
        found = self.parts(self.model, batch)
        self.optimizer.zero_grad(set_to_none=True)
        losses.total(found, self.config.loss).backward()
        norms = [torch.nn.utils.clip_grad_norm_(weights, self.config.clip) for weights in self.parts_of_net]
        learning.set_rates(self.optimizer, share)
        self.own_size.step(self.optimizer, share * self.config.hold)
        learning.follow(self.averages, self.values, keep)
        return torch.stack([*(found[name].detach() for name in losses.PARTS), *norms])


def start(model: DeepSnake, path: pathlib.Path) -> tuple[dict, list[dict]]:
    """Fills a net with an earlier run's weights, or its backbone with the converted ones; returns what is told of the
    converted ones, and of all earlier runs."""
    record = torch.load(path, map_location='cpu')
    if 'config' not in record:
        return convert.load_start(model.detector.net, path), []
    # Other filters of the backbone may come new.
    found = model.load_state_dict({n: v.float() for n, v in record['model'].items()}, strict=False)
    other = [name for name in (*found.missing_keys, *found.unexpected_keys) if '.filter.' not in name]
    if other:
        raise ValueError(f'{path} does not fit: {other}')
    return record['source'], [*record.get('earlier', []), told(record)]


def told(record: dict) -> dict:
    """What manifests tell of a checkpoint's run."""
    return {
        'config': record['config']['name'], 'commit': record['commit'], 'seed': record['seed'],
        'iterations': record['iteration'], 'minutes': round(record['minutes'], 1),
    }  # fmt: skip


def faster_layout(model: DeepSnake, config: TrainConfig, device: torch.device) -> torch.memory_format:
    """Which order of channels in memory this GPU runs the detector's steps faster in: depthwise layers decide."""
    image = torch.rand(config.batch, 3, config.size, config.size, device=device)
    times = {}
    for layout in (torch.contiguous_format, torch.channels_last):
        model.to(memory_format=layout)
        for i in range(5):
            if i == 2:
                torch.cuda.synchronize()
                begun = time.monotonic()
            with torch.autocast('cuda', torch.bfloat16):
                outputs = model.detector(image)
            sum(output.float().mean() for output in outputs).backward()
        torch.cuda.synchronize()
        times[layout] = (time.monotonic() - begun) / 3
    model.zero_grad(set_to_none=True)
    print({str(layout): f'{1e3 * spent:.0f} ms' for layout, spent in times.items()}, flush=True)
    return min(times, key=times.get)


def collate_arrays(drawn: list[dict]) -> dict[str, np.ndarray]:
    """samples.collate in arrays, which travel through pipes where tensors need shared memory."""
    return {name: value.numpy() for name, value in samples.collate(drawn).items()}


def shared_memory_holds(count: int) -> bool:
    """Whether so many bytes fit what is free of /dev/shm; containers often have 64 MB."""
    try:
        place = os.statvfs('/dev/shm')
    except OSError:
        return False
    return place.f_bavail * place.f_frsize > count


class Batches:
    """Batches on the device, the next one on its way while one is worked on. first: the first sample's number."""

    def __init__(self, config: TrainConfig, pack: pathlib.Path, workers: int, first: int, device: torch.device):
        pictures = samples.training_pictures(pack)
        mix = samples.Mix(**{k: tuple(v) if isinstance(v, list) else v for k, v in config.data.items()})
        stream = samples.SampleStream(samples.Composer(pictures, config.size, mix), config.seed, first)
        ahead = {'prefetch_factor': AHEAD} if workers else {}
        pixels = config.batch * config.size**2
        shared = shared_memory_holds(2 * workers * AHEAD * pixels * BYTES_PER_PIXEL)
        collate = samples.collate if shared or not workers else collate_arrays
        loader = DataLoader(
            stream, config.batch, num_workers=workers, collate_fn=collate, drop_last=True,
            pin_memory=device.type == 'cuda', **ahead,
        )  # fmt: skip
        self.pictures, self.device = pictures, device
        self.iterator = iter(loader)
        self.waited = 0.0

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        coming = losses.prepared(next(self.iterator), self.device)
        while True:
            before = time.monotonic()
            batch, following = coming, next(self.iterator)
            self.waited += time.monotonic() - before
            coming = losses.prepared(following, self.device)
            yield batch


def readable(values: Tensor) -> str:
    """What `Learner.step` returns, as text."""
    names = (*losses.PARTS, 'norm of converted', 'of new')
    return ', '.join(f'{name} {value:.4f}' for name, value in zip(names, values.tolist()))


def run(
    config: TrainConfig, device: torch.device, pack: pathlib.Path = PACK, minutes: float | None = None,
    resume: bool = False, workers: int = 0, only: int | None = None, half: bool = False,
) -> None:  # fmt: skip
    """Trains and writes runs/NAME. only: so many iterations, and what they do to batches of their own.
    half: whether a processor computes in bfloat16; 1.6 times as fast where it has AVX512_BF16, and several times with
    one thread, for which PyTorch 1.13 has no fast depthwise convolution in float."""
    progress = schedule.Progress(config.iterations, minutes)
    output = TRAINING / 'runs' / config.name
    output.mkdir(parents=True, exist_ok=True)
    learning.prepare(device)
    torch.manual_seed(config.seed)
    learner = Learner(config, device, half)
    iteration = 0
    if resume:
        record = torch.load(output / 'last.pt', map_location=device)
        learner.model.load_state_dict(record['raw'])
        learner.averaged.load_state_dict(record['averaged'])
        learner.optimizer.load_state_dict(record['optimizer'])
        iteration = record['iteration']
    batches = Batches(config, pack, workers, iteration * config.batch, device)
    log = learning.Log(output / 'log.txt', config.name, lambda: f'{progress.elapsed():.2f} min')
    count = sum(weight.numel() for weights in learner.parts_of_net for weight in weights)
    log(f'# {count} parameters, {len(batches.pictures)} pictures, {git_commit()[:10]}, {device}')

    def write() -> None:
        common = {
            'config': dataclasses.asdict(config), 'iteration': iteration, 'minutes': progress.elapsed(),
            'seed': config.seed, 'commit': git_commit(), 'source': learner.source, 'earlier': learner.earlier,
        }  # fmt: skip
        save(output / 'best.pt', common | {'model': learning.portable(learner.averaged)})
        last = {
            'raw': learner.model.state_dict(), 'averaged': learner.averaged.state_dict(),
            'optimizer': learner.optimizer.state_dict(),
        }  # fmt: skip
        save(output / 'last.pt', common | last)

    held = list(itertools.islice(batches, CHECKED)) if only else []
    before_all = learner.measure(held) if only else None
    sums, since = torch.zeros(len(losses.PARTS) + 2, device=device), 0
    progress.begin()
    position, shown = progress.at(iteration), time.monotonic()
    for batch in batches:
        if position >= 1 or (only is not None and iteration >= only):
            break
        share = schedule.warm_cosine(iteration, position, config.warmup, config.rate_end)
        sums += learner.step(batch, learning.keep_at(config.average, iteration, device), share)
        iteration, since = iteration + 1, since + 1
        before, position = position, progress.at(iteration)
        now = time.monotonic()
        if now - shown >= config.log_seconds or (only is not None and iteration % max(1, only // 10) == 0):
            mean = (sums / since).cpu()
            if not bool(mean.isfinite().all()):
                raise FloatingPointError(f'iteration {iteration}: {readable(mean)}')
            speed = f'{(now - shown) / since * 1e3:.0f} ms an iteration, {batches.waited / since * 1e3:.0f} waiting'
            log(f'{iteration} {readable(mean)}; {speed}')
            sums.zero_()
            shown, since, batches.waited = now, 0, 0.0
        if schedule.passed(before, position, 1 / config.saves):
            write()
    write()
    log(f'# {iteration} iterations')
    if before_all is not None:
        for name, was, now in zip(losses.PARTS, before_all.tolist(), learner.measure(held).tolist()):
            log(f'{name:9} {was:8.4f} -> {now:8.4f} {"falls" if now < was else "DOES NOT FALL"}')
    log.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--pack', type=pathlib.Path, default=PACK)
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--workers', type=int, default=max(0, (os.cpu_count() or 1) - 1), help='processes for samples')
    parser.add_argument('--check', type=int, metavar='N', help='only N iterations; says whether each loss falls')
    parser.add_argument('--bfloat16', action='store_true', help='on a processor that has AVX512_BF16')
    options = parser.parse_args()
    run(
        load_config(options.config), torch.device(options.device), options.pack, options.minutes, options.resume,
        options.workers, options.check, options.bfloat16,
    )  # fmt: skip


if __name__ == '__main__':
    main()
