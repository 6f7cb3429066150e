"""Fills a folder with samples to train BIN on, and goes on replacing them with new ones if it is told to.

    python3 -m bin.samples bin/configs/samples.toml [--workers 2] [--endless]

A sample: five or more frames of a shot, the sharp pictures at and between them, and neighbours warped to the middle between
them by dense inverse search (bin/sampler.py). With --endless a run of bin.train that reads the folder meanwhile sees
hardly any sample twice; end it when the run has ended.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import multiprocessing
import os
import pathlib
import signal
import sys
import time

import cv2
import numpy as np

from . import clips, licences
from .sampler import KINDS, SHARP_EVERY, SampleConfig, Sampler, load_config

TRAINING = pathlib.Path(__file__).resolve().parent.parent
ABOUT = 'about.json'  # of a finished folder: what its samples were drawn from
HELD_BACK_STILLS = 8  # every so many photographs serve validation alone


def open_arrays(folder: pathlib.Path, mode: str = 'r') -> dict[str, np.ndarray]:
    """The arrays of a folder, mapped: KIND.npy of [count, ..., patch, patch, 3]."""
    return {kind: np.load(folder / f'{kind}.npy', mmap_mode=mode) for kind in KINDS}


def new_arrays(folder: pathlib.Path, count: int, config: SampleConfig) -> None:
    for kind, pictures in config.shapes.items():
        shape = (count, *pictures, config.patch, config.patch, 3)
        np.lib.format.open_memmap(folder / f'{kind}.npy', 'w+', np.uint8, shape)


def fill(
    folder: pathlib.Path, sampler: Sampler, seed: int, worker: int, workers: int, rounds: range | itertools.count
) -> None:
    """Every `workers`-th sample from `worker` on, anew in each round."""
    arrays = open_arrays(folder, 'r+')
    for turn in rounds:
        for i in range(worker, len(arrays['frames']), workers):
            drawn = sampler.draw((seed * 1_009 + turn) * 1_000_003 + i, i % SHARP_EVERY == 0)
            for kind, value in drawn.items():
                arrays[kind][i] = value


def start(
    folder: pathlib.Path, sampler: Sampler, seed: int, workers: int, rounds: range | itertools.count
) -> list[multiprocessing.Process]:
    context = multiprocessing.get_context('fork')  # the clips are shared, not copied
    jobs = [
        context.Process(target=fill, args=(folder, sampler, seed, i, workers, rounds), daemon=True)
        for i in range(workers)
    ]
    for job in jobs:
        job.start()
    return jobs


def finish(jobs: list[multiprocessing.Process], folder: pathlib.Path) -> None:
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise RuntimeError(f'{folder} is not complete')


def make(
    folder: pathlib.Path, sampler: Sampler, count: int, seed: int, workers: int, data: list[dict] | None = None
) -> None:
    """Fills a folder; sample i is the same however many workers there are. data: what ABOUT tells of the sources."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ABOUT).unlink(missing_ok=True)
    new_arrays(folder, count, sampler.config)
    finish(start(folder, sampler, seed, workers, range(1)), folder)
    # Written last: a folder without it is not finished.
    about = dataclasses.asdict(sampler.config) | {'seed': seed, 'data': data or []}
    (folder / ABOUT).write_text(json.dumps(about))


def load_stills(roots: list[pathlib.Path]) -> list[np.ndarray]:
    """The photographs of folders, of their folder `large`, and of `half`, where they are half as large already; uint8 RGB.

    Shrunk by half: what a photograph shows pixel by pixel is softer than a video's frames.
    """
    whole = [file for root in roots for folder in (root, root / 'large') for file in sorted(folder.glob('*.jpg'))]
    half = [file for root in roots for file in sorted((root / 'half').glob('*.jpg'))]
    read = [(file, cv2.IMREAD_REDUCED_COLOR_2) for file in whole] + [(file, cv2.IMREAD_COLOR) for file in half]
    return [cv2.imread(str(file), how)[:, :, ::-1] for file, how in read]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--workers', type=int, default=os.cpu_count())
    parser.add_argument('--count', type=int)
    parser.add_argument('--frames', type=int, help="of a sample, in place of the configuration's")
    parser.add_argument('--patch', type=int, help="in place of the configuration's")
    parser.add_argument('--real', type=float, help="share of real clips, in place of the configuration's")
    parser.add_argument('--data', help='a folder of bin.pack, in place of those in the configuration')
    parser.add_argument('--output', type=pathlib.Path, default=TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--endless', action='store_true', help='then go on, each sample replaced by a new one in turn')
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # takes the workers along
    changes = {key: value for key in ('frames', 'patch', 'count', 'real') if (value := getattr(options, key))}
    config = dataclasses.replace(load_config(options.config), **changes)
    given = [TRAINING / options.data] if options.data else None
    roots = given or [(TRAINING / root).resolve() for root in config.roots]
    still_roots = given or [(TRAINING / root).resolve() for root in config.stills]
    begun = time.time()
    stills = load_stills(still_roots)
    data = licences.of_sources(roots, config.clips, config.unlisted) + licences.of_photographs(still_roots)
    held_back = Sampler(clips.load_clips(roots, config.held_back, config.blurred), stills[::HELD_BACK_STILLS], config)
    others = [still for i, still in enumerate(stills) if i % HELD_BACK_STILLS]
    training = Sampler(clips.load_clips(roots, config.clips, config.blurred), others, config)
    for part, sampler, n, seed in (
        ('validation', held_back, config.validation, config.seed + 1),
        ('training', training, config.count, config.seed),
    ):
        make(options.output / part, sampler, n, seed, options.workers, data)
        print(f'{part}: {n} samples of {len(sampler.sources)} clips, {time.time() - begun:.0f} s', flush=True)
    if options.endless:
        folder = options.output / 'training'
        finish(start(folder, training, config.seed, options.workers, itertools.count(1)), folder)


if __name__ == '__main__':
    main()
