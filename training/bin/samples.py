"""Makes the samples that BIN is trained on, once, into a folder of arrays.

    python3 -m bin.samples bin/configs/samples.toml [--workers 2] [--count 6000]

A sample is five frames of a shot, blurred or not, the nine sharp pictures at and between their instants,
and the eight warps of neighbours to the middle, all of them uint8 RGB patches. About three of ten come from
real clips (exposures made by averaging 1 to 11 of their frames), the others are layers moving over each other.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import pathlib
import time
import tomllib

import cv2
import numpy as np

from . import clips, layers, licences, motion

TRAINING = pathlib.Path(__file__).resolve().parent.parent
FRAMES = 5  # of a sample
KINDS = ('frames', 'sharp', 'warps')
ABOUT = 'about.json'  # of a finished folder: what its samples were drawn from
HELD_BACK_STILLS = 8  # every so many photographs serve validation alone
SHAPES = {'frames': (FRAMES,), 'sharp': (2 * FRAMES - 1,), 'warps': (FRAMES - 1, 2)}


@dataclasses.dataclass(frozen=True)
class SampleConfig:
    """What to draw from. Lengths in pixels."""

    roots: list[str]
    clips: list[str]
    blurred: list[str]  # clips with blur of their own: never a truth for blurred input
    held_back: list[str]  # clips for validation alone
    count: int = 5000
    validation: int = 64
    patch: int = 128
    room: int = 16  # drawn round a patch, so that the flow near its border sees what lies beyond
    real: float = 0.3
    stills: list[str] = dataclasses.field(default_factory=list)  # folders of photographs for the layers
    unlisted: str = ''  # licence of clips that no index.tsv tells one of
    hardest: float = 24.0  # PSNR of a blurred frame below which nothing could restore it
    easiest: float = 36.0  # above which it shows noise and coding rather than blur
    ghosts: float = 26.0  # PSNR of frames of an exposure, one after the other, below which their mean shows steps
    seed: int = 1


def load_config(path: pathlib.Path) -> SampleConfig:
    with open(path, 'rb') as file:
        return SampleConfig(**tomllib.load(file))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Of uint8 pictures."""
    error = np.square(a.astype(np.float32) - b).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-4)))


# Windows and, for each, steps that leave exposures of a third to three halves of an interval.
WINDOWS = {1: (2, 4, 6), 3: (2, 4, 6), 5: (4, 6), 7: (6, 8), 9: (6, 8, 10), 11: (8, 10)}
SHARP_SHARE = 0.2
NOT_BLURRED = 80.0  # PSNR of frames that are their own truth


class Sampler:
    """Draws samples. One for each worker, with a seed of its own."""

    def __init__(self, sources: list[clips.Clip], stills: list[np.ndarray], config: SampleConfig):
        self.sources, self.stills, self.config = sources, stills, config
        self.side = config.patch + 2 * config.room

    def draw(self, seed: int) -> dict[str, np.ndarray]:
        self.random = np.random.default_rng(seed)
        make = self.real if self.random.random() < self.config.real else self.synthetic
        for _ in range(12):
            blurred, sharp = make() or self.synthetic()
            found = psnr(blurred[FRAMES // 2], sharp[FRAMES - 1])
            if self.config.hardest <= found <= self.config.easiest or found > NOT_BLURRED:
                break
        blurred = self.spoil(blurred)
        finest = int(self.random.random() < 0.75)
        pairs = [motion.to_middle(a, b, finest) for a, b in zip(blurred, blurred[1:])]
        warps = np.clip(np.rint(np.stack([np.stack(pair) for pair in pairs])), 0, 255).astype(np.uint8)
        inner = slice(self.config.room, self.config.room + self.config.patch)
        return {
            'frames': blurred[:, inner, inner],
            'sharp': sharp[:, inner, inner],
            'warps': warps[:, :, inner, inner],
        }

    def exposure(self, most: int, sharp_only: bool) -> clips.Exposure:
        """A window and a step whose five exposures fit into `most` frames."""
        for _ in range(20):
            window = 1
            if not sharp_only and self.random.random() > SHARP_SHARE:
                window = int(self.random.choice([3, 5, 7, 9, 11]))
            exposure = clips.Exposure(window, int(self.random.choice(WINDOWS[window])))
            if exposure.span(FRAMES) <= most:
                return exposure
        return clips.Exposure(1, 2)

    def centres(self, exposure: clips.Exposure) -> list[int]:
        """Of five frames; now and then the shot begins or ends within them, and its outer frame is repeated."""
        half, last = exposure.window // 2, FRAMES - 1
        index = np.arange(FRAMES)
        if self.random.random() < 0.15:
            missing = int(self.random.integers(1, 3))
            index = np.maximum(index, missing) if self.random.random() < 0.5 else np.minimum(index, last - missing)
        return [int(half + i * exposure.step) for i in index]

    def real(self) -> tuple[np.ndarray, np.ndarray] | None:
        """None where frames of an exposure are so far apart that their mean would show each of them."""
        clip = self.sources[self.random.integers(len(self.sources))]
        t, h, w = clip.frames.shape[:3]
        exposure = self.exposure(t, not clip.sharp)
        centres = self.centres(exposure)
        best, most = None, -1.0
        for _ in range(3):  # the liveliest of three places
            shrink = self.random.uniform(1, min(2, min(h, w) / self.side)) if self.random.random() < 0.5 else 1
            side = int(self.side * shrink)
            first = self.random.integers(t - exposure.span(FRAMES) + 1)
            y, x = self.random.integers(h - side + 1), self.random.integers(w - side + 1)
            place = np.s_[first : first + exposure.span(FRAMES), y : y + side, x : x + side]
            ends = clip.frames[place][[exposure.window // 2, exposure.window // 2 + exposure.step]]
            lively = float(np.abs(ends[0][::2, ::2].astype(np.int16) - ends[1][::2, ::2]).mean())
            if lively > most:
                best, most = place, lively
        stretch = clip.frames[best]
        half = exposure.window // 2
        at = centres[FRAMES // 2]
        if half and psnr(stretch[at], stretch[at + 1]) < self.config.ghosts:
            return None
        if stretch.shape[1] != self.side:
            size = (self.side, self.side)
            stretch = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in stretch])
        return clips.expose(stretch, exposure, centres)

    def still(self) -> np.ndarray:
        """A photograph or a frame of a clip, of random size, at least a third larger than a patch."""
        if self.stills and self.random.random() < 0.6:
            frame = self.stills[self.random.integers(len(self.stills))]
        else:
            clip = self.sources[self.random.integers(len(self.sources))]
            frame = clip.frames[self.random.integers(len(clip.frames))]
        least_side = int(1.3 * self.side)
        if max(frame.shape[:2]) > 2 * least_side:
            h, w = (min(size, 2 * least_side) for size in frame.shape[:2])
            y, x = (self.random.integers(full - part + 1) for full, part in zip(frame.shape[:2], (h, w)))
            frame = frame[y : y + h, x : x + w]
        least = 1.3 * self.side / min(frame.shape[:2])
        scale = self.random.uniform(min(least, 1), 1)
        return cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

    def synthetic(self) -> tuple[np.ndarray, np.ndarray]:
        count = int(self.random.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
        share = 0.0 if self.random.random() < SHARP_SHARE else float(self.random.uniform(0.3, 1.4))
        # Sharp pictures may move further: their truth is no harder for it.
        slowest, fastest = (2, 14) if share else (0.5, 24)
        speeds = np.exp(self.random.uniform(np.log(slowest), np.log(fastest), count))
        parts = [
            layers.Layer(self.still(), self.side, float(speed), self.random, mask=i > 0)
            for i, speed in enumerate(speeds)
        ]
        times = [float(i - FRAMES // 2) for i in range(FRAMES)]
        return layers.expose(parts, share, float(speeds.max()), times)

    def spoil(self, frames: np.ndarray) -> np.ndarray:
        """Mild noise or compression on some of the stretches."""
        chance = self.random.random()
        if chance < 0.05:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(self.random.integers(90, 98))]
            coded = [cv2.imencode('.jpg', frame, quality)[1] for frame in frames]
            return np.stack([cv2.imdecode(data, cv2.IMREAD_COLOR) for data in coded])
        if chance < 0.1:
            noise = self.random.normal(0, self.random.uniform(0.3, 0.7), frames.shape)
            return np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)
        return frames


def open_arrays(folder: pathlib.Path, mode: str = 'r') -> dict[str, np.ndarray]:
    """The arrays of a folder, mapped: KIND.npy of [count, ..., patch, patch, 3]."""
    return {kind: np.load(folder / f'{kind}.npy', mmap_mode=mode) for kind in KINDS}


def new_arrays(folder: pathlib.Path, count: int, patch: int) -> None:
    for kind in KINDS:
        shape = (count, *SHAPES[kind], patch, patch, 3)
        np.lib.format.open_memmap(folder / f'{kind}.npy', 'w+', np.uint8, shape)


def fill(folder: pathlib.Path, sampler: Sampler, seed: int, worker: int, workers: int) -> None:
    arrays = open_arrays(folder, 'r+')
    for i in range(worker, len(arrays['frames']), workers):
        for kind, value in sampler.draw(seed * 1_000_003 + i).items():
            arrays[kind][i] = value


def make(
    folder: pathlib.Path, sources: list[clips.Clip], stills: list[np.ndarray], config: SampleConfig, count: int,
    seed: int, workers: int, data: list[dict] | None = None,
) -> None:  # fmt: skip
    """Fills a folder; sample i is the same however many workers there are. data: what ABOUT tells of the sources."""
    folder.mkdir(parents=True, exist_ok=True)
    new_arrays(folder, count, config.patch)
    sampler = Sampler(sources, stills, config)
    context = multiprocessing.get_context('fork')  # the clips are shared, not copied
    jobs = [context.Process(target=fill, args=(folder, sampler, seed, i, workers)) for i in range(workers)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise RuntimeError(f'{folder} is not complete')
    # Written last: a folder without it is not finished.
    (folder / ABOUT).write_text(json.dumps(dataclasses.asdict(config) | {'seed': seed, 'data': data or []}))


def load_stills(roots: list[pathlib.Path]) -> list[np.ndarray]:
    """The larger photographs of the folders, uint8 RGB.

    Shrunk by half: what a photograph shows pixel by pixel is softer than a video's frames.
    """
    files = [file for root in roots for file in sorted((root / 'large').glob('*.jpg'))]
    return [cv2.imread(str(file), cv2.IMREAD_REDUCED_COLOR_2)[:, :, ::-1] for file in files]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--workers', type=int, default=os.cpu_count())
    parser.add_argument('--count', type=int)
    parser.add_argument('--roots', nargs='+', help='folders of clips, in place of those in the configuration')
    parser.add_argument('--output', type=pathlib.Path, default=TRAINING / 'build' / 'bin-samples')
    options = parser.parse_args()
    config = load_config(options.config)
    roots = [(TRAINING / root).resolve() for root in options.roots or config.roots]
    start = time.time()
    still_roots = [(TRAINING / root).resolve() for root in config.stills]
    stills = load_stills(still_roots)
    data = licences.of_sources(roots, config.clips, config.unlisted) + licences.of_photographs(still_roots)
    held_back = stills[::HELD_BACK_STILLS]
    others = [still for i, still in enumerate(stills) if i % HELD_BACK_STILLS]
    for part, names, photographs, count, seed in (
        ('validation', config.held_back, held_back, config.validation, config.seed + 1),
        ('training', config.clips, others, options.count or config.count, config.seed),
    ):
        sources = clips.load_clips(roots, names, config.blurred)
        make(options.output / part, sources, photographs, config, count, seed, options.workers, data)
        print(f'{part}: {count} samples of {len(sources)} clips, {time.time() - start:.0f} s', flush=True)


if __name__ == '__main__':
    main()
