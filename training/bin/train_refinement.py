"""Trains the net that makes new frames once more (bin/refinement.py), on what a pyramid makes of samples.

    python3 -m bin.samples bin/configs/samples.toml --frames 9 --patch 88 --output build/bin-sequences
    python3 -m bin.train_refinement bin/configs/refinement.toml --of checkpoints/bin-light.pt --name bin-light-refinement --bfloat16

First runs the pyramid over all samples, once, and estimates motion between the frames that it made sharp: build/made-*.npy.
Then trains, and writes runs/NAME/{log.txt,best.pt}. best.pt holds the averaged weights of the end.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import pathlib
import tomllib

import numpy as np
import torch
from torch import Tensor

from common import learning, schedule
from common.checkpoints import TRAINING, git_commit, save

from . import batches, motion
from .backbone import BackboneConfig
from .evaluate import hash_of
from .refinement import PICTURES, Refinement
from .train import load_model, logarithm

KINDS = (*PICTURES, 'truth')
AT_ONCE = 4  # samples that the pyramid makes pictures of


@dataclasses.dataclass(frozen=True)
class RefinementConfig:
    """One run. patch: side of the crops, pixels. rate: Adam's at the top of the cosine."""

    name: str
    iterations: int
    backbone: BackboneConfig
    batch: int = 12
    patch: int = 64
    rate: float = 1e-3
    rate_end: float = 0.01
    warmup: int = 50
    average: float = 0.998
    clip: float = 1.0
    floor: float = 1e-2
    floor_end: float = 5e-4
    seed: int = 1
    log_every: int = 100
    evaluations: int = 6


def load_config(path: pathlib.Path, **changes: str | int) -> RefinementConfig:
    with open(path, 'rb') as file:
        table = tomllib.load(file) | changes
    return RefinementConfig(**(table | {'backbone': BackboneConfig(**table['backbone'])}))


def codes(pictures: Tensor) -> np.ndarray:
    """[..., 3, H, W] in 0..1 -> uint8 [..., H, W, 3]."""
    return (pictures.float().clamp(0, 1) * 255).round().byte().movedim(-3, -1).numpy()


@torch.no_grad()
def made_of(checkpoint: pathlib.Path, samples: batches.Samples, half: bool, path: pathlib.Path) -> np.ndarray:
    """What a pyramid makes of samples, uint8 [samples, pairs, KINDS, side, side, 3]; kept at `path`, mapped."""
    if path.exists():
        return np.load(path, mmap_mode='r')
    model = load_model(checkpoint)[0].to(memory_format=torch.channels_last)
    frames = samples.mapped['frames']
    # Frames 2 to T - 3 become sharp, so that there are T - 5 pairs of them; the truth begins at instant 3.
    pairs, side = frames.shape[1] - 5, frames.shape[-2]
    unfinished = path.with_suffix('.part')
    shape = (samples.count, pairs, len(KINDS), side, side, 3)
    array = np.lib.format.open_memmap(unfinished, 'w+', np.uint8, shape)
    for first in range(0, samples.count, AT_ONCE):
        index = np.arange(first, min(first + AT_ONCE, samples.count))
        given, truth, warps = samples.pictures(index)
        with torch.autocast('cpu', torch.bfloat16, enabled=half):
            between, sharp = (codes(made) for made in model(given, warps).values())
        truth = codes(truth)
        for k, pair in np.ndindex(len(index), pairs):
            before, after = sharp[k, pair], sharp[k, pair + 1]
            warped = (np.clip(np.rint(x), 0, 255).astype(np.uint8) for x in motion.to_middle(before, after))
            array[index[k], pair] = np.stack([before, after, *warped, between[k, pair + 1], truth[k, 2 * pair + 2]])
    array.flush()
    unfinished.rename(path)
    return np.load(path, mmap_mode='r')


def pictures(array: np.ndarray) -> Tensor:
    """uint8 [..., H, W, 3] -> [..., 3, H, W] in 0..1."""
    return torch.from_numpy(np.array(array)).movedim(-1, -3).float() / 255


class Pairs:
    """Pairs of frames made sharp, of blurred samples, with the truth between them."""

    def __init__(self, made: list[np.ndarray], blurred: list[np.ndarray], about: list[dict]):
        """For each folder of samples: what `made_of` gives, which of them are blurred, and what its ABOUT tells."""
        self.made, self.about = made, about
        self.blurred = [(folder, sample) for folder, index in enumerate(blurred) for sample in index.tolist()]

    def of(self, which: tuple[int, int]) -> list[Tensor]:
        """All pairs of one of `blurred`: KINDS, [pairs,3,side,side] each."""
        folder, sample = which
        return list(pictures(self.made[folder][sample]).unbind(1))

    def batch(self, size: int, patch: int, random: np.random.Generator) -> tuple[Tensor, ...]:
        """KINDS, [size,3,patch,patch] each: cropped, turned, mirrored, reversed in time and with colours exchanged at random."""
        parts = []
        for folder, sample in random.choice(self.blurred, size):
            made = self.made[folder][sample]
            margin = (made.shape[-2] - patch) // 3  # motion near a border saw little
            y, x = random.integers(margin, made.shape[-2] - patch - margin + 1, size=2)
            parts.append(made[random.integers(len(made)), :, y : y + patch, x : x + patch])
        whole = pictures(np.stack(parts))[:, :, torch.from_numpy(random.permutation(3))]
        whole = torch.rot90(whole, int(random.integers(4)), (-2, -1))
        if random.integers(2):
            whole = whole.flip(-1)
        if random.integers(2):
            whole = whole[:, [1, 0, 3, 2, 4, 5]]
        return tuple(one.contiguous() for one in whole.unbind(1))

    @torch.no_grad()
    def scores(self, model: Refinement, half: bool) -> tuple[float, float]:
        """PSNR of new frames before and after, the mean over pairs."""
        rows = []
        for which in self.blurred:
            *given, truth = self.of(which)
            margin = truth.shape[-1] // 8
            with torch.autocast('cpu', torch.bfloat16, enabled=half):
                better = model.better(*given).float()
            inner = lambda x: x[:, None, :, margin:-margin, margin:-margin]
            rows.append([batches.psnr(inner(x), inner(truth)).mean() for x in (given[-1], better)])
        before, after = np.mean(rows, 0)
        return float(before), float(after)


def pairs_of(pyramid: pathlib.Path, folders: list[pathlib.Path], half: bool) -> dict[str, Pairs]:
    """Of a pyramid's checkpoint on the samples of folders, by `validation` and `training`."""
    found = {}
    for part in ('validation', 'training'):
        samples = [batches.Samples(folder / part, torch.device('cpu')) for folder in folders]
        name = f'made-{hash_of(pyramid.read_bytes())[:12]}'
        paths = [TRAINING / 'build' / f'{name}-{folder.name}-{part}.npy' for folder in folders]
        made = [made_of(pyramid, one, half, path) for one, path in zip(samples, paths)]
        found[part] = Pairs(made, [one.blurred for one in samples], [one.about for one in samples])
    return found


def run(config: RefinementConfig, training: Pairs, held_back: Pairs, half: bool, about: dict) -> None:
    """about: of the samples and the pyramid, for the manifest."""
    output = TRAINING / 'runs' / config.name
    output.mkdir(parents=True, exist_ok=True)
    learning.prepare(torch.device('cpu'))
    torch.manual_seed(config.seed)
    random = np.random.default_rng(config.seed)
    model = Refinement(config.backbone)
    model = model.to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(model).requires_grad_(False)
    weights = list(model.parameters())
    optimizer = learning.adam([{'params': weights, 'top': config.rate}], torch.device('cpu'))
    progress, loss = schedule.Progress(config.iterations), learning.RunningLoss(torch.device('cpu'))
    log = learning.Log(output / 'log.txt', config.name, lambda: f'{progress.elapsed():.2f} min')
    log(f'# {sum(w.numel() for w in weights)} parameters, {len(training.blurred)} samples, {git_commit()[:10]}')
    for iteration in range(config.iterations):
        position = progress.at(iteration)
        learning.set_rates(optimizer, schedule.warm_cosine(iteration, position, config.warmup, config.rate_end))
        *given, truth = training.batch(config.batch, config.patch, random)
        with torch.autocast('cpu', torch.bfloat16, enabled=half):
            better = model.better(*given)
        error = logarithm(better, truth, config.floor * (config.floor_end / config.floor) ** position)
        optimizer.zero_grad(set_to_none=True)
        error.backward()
        torch.nn.utils.clip_grad_norm_(weights, config.clip)
        optimizer.step()
        keep = min(config.average, (iteration + 1) / (iteration + 10))
        learning.follow(list(averaged.parameters()), weights, keep)
        loss.add(error.detach())
        after = iteration + 1
        if after % config.log_every == 0:
            log(f'{after} loss {loss.take(after):.4f}')
        if schedule.passed(position, progress.at(after), 1 / config.evaluations):
            before, found = held_back.scores(averaged, half)
            log(f'{after} held back {before:.3f} -> {found:.3f}')
            record = {
                'config': dataclasses.asdict(config), 'iteration': after, 'minutes': progress.elapsed(),
                'commit': git_commit(), 'model': learning.portable(averaged), **about,
                'validation': {'between before': before, 'between': found},
            }  # fmt: skip
            save(output / 'best.pt', record)
    log.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--of', type=pathlib.Path, required=True, help="the pyramid's checkpoint")
    parser.add_argument('--samples', type=pathlib.Path, nargs='+', default=[TRAINING / 'build' / 'bin-sequences'])
    parser.add_argument('--name', help="in place of the configuration's")
    parser.add_argument('--iterations', type=int, help="in place of the configuration's")
    parser.add_argument('--bfloat16', action='store_true', help='on a processor that has AVX512_BF16')
    options = parser.parse_args()
    given = {'name': options.name, 'iterations': options.iterations}
    config = load_config(options.config, **{key: value for key, value in given.items() if value})
    pairs = pairs_of(options.of, options.samples, options.bfloat16)
    about = {'samples': pairs['training'].about, 'pyramid': hash_of(options.of.read_bytes())}
    run(config, pairs['training'], pairs['validation'], options.bfloat16, about)


if __name__ == '__main__':
    main()
