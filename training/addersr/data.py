"""Photographs in, pairs of low and high resolution luma patches out.

Luma is BT.601 in limited range, code / 255, unrounded: 16/255 is black, 235/255 white.
"""

from __future__ import annotations

import concurrent.futures
import copy
import csv
import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

CACHE = pathlib.Path(__file__).resolve().parent.parent / 'build'

# Planes are kept as 16-bit integers of 1/256 code: a quarter of the rounding of 8 bits squared
# would already show in the third digit of the score.
STEPS = 256


def luma(rgb: np.ndarray) -> np.ndarray:
    """BT.601 luma codes, 16 to 235, unrounded. rgb uint8 [H, W, 3] -> float64 [H, W]."""
    return 16 + rgb.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255


def cubic(t: np.ndarray) -> np.ndarray:
    """Keys' cubic kernel with a = -0.5."""
    t = np.abs(t)
    near = 1.5 * t**3 - 2.5 * t**2 + 1
    far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return np.where(t <= 1, near, np.where(t < 2, far, 0.0))


def reduction(size: int, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """Source indices and weights [size / scale, taps] of a bicubic reduction along one axis.

    Output pixel i (from 1) lies at i s + (1 - s) / 2; the kernel is widened by the scale, the
    weights sum to 1, and indices outside are clamped to the border.
    """
    centre = np.arange(1, size // scale + 1) * scale + 0.5 * (1 - scale)
    first = np.floor(centre - 2 * scale).astype(int)
    index = first[:, None] + np.arange(4 * scale + 2)
    weight = cubic((centre[:, None] - index) / scale)
    return np.clip(index - 1, 0, size - 1), weight / weight.sum(1, keepdims=True)


def reduce_bicubic(image: np.ndarray, scale: int) -> np.ndarray:
    """The reduction that made sr-bench: rows, then columns, 8 bit after each pass, half up.

    image uint8 [H, W, C], H and W multiples of scale -> uint8 [H / scale, W / scale, C].
    """
    for axis in (0, 1):
        index, weight = reduction(image.shape[axis], scale)
        shape = [1] * (image.ndim + 1)
        shape[axis], shape[axis + 1] = weight.shape
        taken = np.take(image, index, axis=axis).astype(np.float64)
        total = (taken * weight.reshape(shape)).sum(axis + 1)
        image = np.clip(np.floor(total + 0.5), 0, 255).astype(np.uint8)
    return image


def open_rgb(path: pathlib.Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert('RGB'))


@dataclasses.dataclass
class Pair:
    """One picture: low and high resolution luma in 1/256 codes, uint16 [h, w], [h s, w s].

    taught: what a better net makes of `low` (teaching.py).
    """

    name: str
    low: np.ndarray
    high: np.ndarray
    taught: np.ndarray | None = None

    @property
    def targets(self) -> list[np.ndarray]:
        """What is to be learned: the photograph, and the teacher's picture where there is one."""
        return [self.high] if self.taught is None else [self.high, self.taught]


def make_pair(name: str, rgb: np.ndarray, scale: int) -> Pair:
    height, width = (size // scale * scale for size in rgb.shape[:2])
    rgb = rgb[:height, :width]
    low = luma(reduce_bicubic(rgb, scale))
    return Pair(name, np.rint(low * STEPS).astype(np.uint16), np.rint(luma(rgb) * STEPS).astype(np.uint16))


def to_tensor(plane: np.ndarray) -> Tensor:
    """uint16 in 1/256 codes [..., h, w] -> float32 [..., 1, h, w], code / 255."""
    return torch.from_numpy(plane.astype(np.float32) / (255 * STEPS)).unsqueeze(-3)


def load_photographs(root: pathlib.Path, scale: int) -> list[Pair]:
    """All photographs that root/index.tsv lists, reduced once and kept in training/build."""
    with open(root / 'index.tsv', newline='') as file:
        names = [row['file'] for row in csv.DictReader(file, delimiter='\t')]
    key = hashlib.sha256('\n'.join(names).encode()).hexdigest()[:12]
    cache = CACHE / f'pairs-{key}-x{scale}.npz'
    if cache.exists():
        return read_pairs(cache)
    workers = int(os.environ.get('OMP_NUM_THREADS', os.cpu_count() or 1))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        pairs = list(pool.map(lambda name: make_pair(name, open_rgb(root / name), scale), names))
    write_pairs(cache, pairs)
    return pairs


def write_pairs(path: pathlib.Path, pairs: list[Pair]) -> None:
    planes = {f'low{i}': pair.low for i, pair in enumerate(pairs)}
    planes |= {f'high{i}': pair.high for i, pair in enumerate(pairs)}
    write_planes(path, planes | {'names': np.array([pair.name for pair in pairs])})


def write_planes(path: pathlib.Path, planes: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(f'.{os.getpid()}.part.npz')  # two runs may start at once
    np.savez(part, **planes)
    part.replace(path)


def read_pairs(path: pathlib.Path) -> list[Pair]:
    with np.load(path) as held:
        names = [str(name) for name in held['names']]
        return [Pair(n, held[f'low{i}'], held[f'high{i}']) for i, n in enumerate(names)]


def split(pairs: list[Pair], held_back: list[str]) -> tuple[list[Pair], list[Pair]]:
    """(for training, held back for validation)."""
    missing = set(held_back) - {pair.name for pair in pairs}
    if missing:
        raise ValueError(f'held-back photographs not found: {sorted(missing)}')
    train = [pair for pair in pairs if pair.name not in held_back]
    return train, [pair for pair in pairs if pair.name in held_back]


class Place(NamedTuple):
    """A crop: its upper left pixel in a low resolution picture, quarter turns, then a mirror."""

    picture: int
    y: int
    x: int
    turns: int
    mirror: int


class Patches:
    """Random crops, turned and mirrored; every photograph is as likely as any other."""

    def __init__(self, pairs: list[Pair], scale: int, seed: int):
        self.pairs, self.scale = pairs, scale
        self.random = np.random.default_rng(seed)

    def again(self, seed: int) -> Patches:
        """The same photographs, drawn from by another seed."""
        patches = copy.copy(self)
        patches.random = np.random.default_rng(seed)
        return patches

    def places(self, batch: int, size: int) -> Iterator[Place]:
        for _ in range(batch):
            picture = int(self.random.integers(len(self.pairs)))
            low = self.pairs[picture].low
            y = int(self.random.integers(low.shape[0] - size + 1))
            x = int(self.random.integers(low.shape[1] - size + 1))
            turns, mirror = int(self.random.integers(4)), int(self.random.integers(2))
            yield Place(picture, y, x, turns, mirror)

    def draw(self, batch: int, size: int) -> tuple[Tensor, Tensor]:
        """Low [batch, 1, size, size] and its targets [batch, 1 or 2, size s, size s]: Pair.targets."""
        s = self.scale
        low = np.empty((batch, size, size), np.uint16)
        targets = np.empty((len(self.pairs[0].targets), batch, size * s, size * s), np.uint16)
        for i, (picture, y, x, turns, mirror) in enumerate(self.places(batch, size)):
            pair = self.pairs[picture]
            inside = slice(y * s, (y + size) * s), slice(x * s, (x + size) * s)
            crops = [pair.low[y : y + size, x : x + size], *(plane[inside] for plane in pair.targets)]
            for crop, out in zip(crops, (low, *targets)):
                crop = np.rot90(crop, turns)
                out[i] = crop[:, ::-1] if mirror else crop
        return to_tensor(low), torch.cat([to_tensor(plane) for plane in targets], 1)


def centre_crops(pairs: list[Pair], scale: int, size: int) -> tuple[Tensor, Tensor]:
    """Two crops of each picture, from its left and right thirds: [2 n, 1, size, size]."""
    low, high = [], []
    for pair in pairs:
        h, w = pair.low.shape
        y = (h - size) // 2
        for x in ((w - size) // 6, (w - size) * 5 // 6):
            low.append(pair.low[y : y + size, x : x + size])
            high.append(
                pair.high[y * scale : (y + size) * scale, x * scale : (x + size) * scale]
            )
    return to_tensor(np.stack(low)), to_tensor(np.stack(high))


def load_benchmark(root: pathlib.Path, scale: int) -> list[Pair]:
    """A set of sr-bench: root/x{scale}/{HR,LR}/NAME.png."""
    folder = root / f'x{scale}'
    pairs = []
    for path in sorted((folder / 'HR').glob('*.png')):
        high, low = luma(open_rgb(path)), luma(open_rgb(folder / 'LR' / path.name))
        codes = (np.rint(plane * STEPS).astype(np.uint16) for plane in (low, high))
        pairs.append(Pair(path.stem, *codes))
    return pairs
