"""Batches out of a folder of samples, and what a net scores on those that are held back."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from . import samples
from .sampler import KINDS, SHARP_EVERY

REFRESH = 4  # samples that each iteration on a GPU brings over anew
MOST_PSNR = 46.0  # counted for one validation picture: better than this can't be seen


class Samples:
    """The arrays of a folder on a device, uint8; on a CPU they stay mapped on the disk, where they may change.

    sharp_share: how many of those drawn are sharp; the others are blurred.
    """

    def __init__(self, folder: pathlib.Path, device: torch.device, sharp_share: float = 0.25):
        self.mapped = samples.open_arrays(folder, 'r')
        self.device, self.sharp_share = device, sharp_share
        self.count = len(self.mapped['frames'])
        self.about = json.loads((folder / samples.ABOUT).read_text())
        self.sharp = np.arange(0, self.count, SHARP_EVERY)
        self.blurred = np.setdiff1d(np.arange(self.count), self.sharp)
        self.oldest = 0
        self.arrays = self.mapped
        if device.type != 'cpu':
            self.arrays = {kind: torch.from_numpy(np.array(a)).to(device) for kind, a in self.mapped.items()}

    def refresh(self) -> None:
        """Brings what has changed on the disk to the device, a few samples at a time."""
        if self.device.type == 'cpu':
            return
        part = slice(self.oldest, self.oldest + REFRESH)
        for kind, array in self.arrays.items():
            array[part] = torch.from_numpy(np.array(self.mapped[kind][part])).to(self.device)
        self.oldest = part.stop if part.stop < self.count else 0

    def take(self, index: np.ndarray) -> dict[str, Tensor]:
        """{kind: uint8 [n, ..., patch, patch, 3]}."""
        if self.device.type == 'cpu':
            return {kind: torch.from_numpy(a[index]) for kind, a in self.arrays.items()}
        where = torch.from_numpy(index).to(self.device)
        return {kind: a[where] for kind, a in self.arrays.items()}

    def pictures(self, index: np.ndarray) -> tuple[Tensor, ...]:
        """frames [n,count,3,h,w], sharp [n,instants,3,h,w], warps [n,pairs,2,3,h,w] of the samples `index`, in 0..1."""
        taken = self.take(index)
        return tuple(taken[kind].movedim(-1, -3).float() / 255 for kind in KINDS)

    def draw(self, size: int, random: np.random.Generator) -> np.ndarray:
        """Indices of a batch."""
        sharp = random.binomial(size, self.sharp_share)
        return np.concatenate([random.choice(self.sharp, sharp), random.choice(self.blurred, size - sharp)])

    def batch(self, size: int, patch: int, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """frames [n,count,3,p,p], sharp [n,instants,3,p,p], warps [n,pairs,2,3,p,p] in 0..1: cropped, turned, mirrored,
        reversed in time and with its colours exchanged at random, alike for all of a batch."""
        self.refresh()
        taken = self.take(self.draw(size, random))
        side = taken['frames'].shape[-2]
        r, c = random.integers(side - patch + 1, size=2)
        turned, mirrored, reversed_ = random.integers(4), random.integers(2), random.integers(2)
        colours = torch.from_numpy(random.permutation(3)).to(self.device)
        result = []
        for kind in KINDS:
            x = taken[kind][..., r : r + patch, c : c + patch, :].movedim(-1, -3)
            x = x.index_select(-3, colours).float() / 255
            x = torch.rot90(x, int(turned), (-2, -1))
            if mirrored:
                x = x.flip(-1)
            if reversed_:
                x = x.flip(1)
                if kind == 'warps':
                    x = x.flip(2)
            result.append(x.contiguous())
        return tuple(result)


def psnr(a: Tensor, b: Tensor) -> Tensor:
    """Of each picture, [N, count] of [N,count,3,H,W] in 0..1; compared as 8-bit codes."""
    a, b = ((x.clamp(0, 1) * 255).round() / 255 for x in (a, b))
    error = (a - b).square().flatten(2).mean(2)
    return (-10 * torch.log10(error.clamp(min=1e-12))).clamp(max=MOST_PSNR)


@torch.no_grad()
def score(model: Callable[[Tensor, Tensor], dict[str, Tensor]], held_back: Samples) -> dict[str, Tensor]:
    """PSNR [samples, instants], in order of time: of new frames (`between`) and of the mean of their warps (`warped`), of
    frames made sharp (`frame`) and of the input (`input`)."""
    rows = []
    for i in range(0, held_back.count, 8):
        frames, sharp, warps = held_back.pictures(np.arange(i, min(i + 8, held_back.count)))
        new, real = list(model(frames, warps).values())[-2:]
        # Results stand about the middle, of the frames, of the pairs and of the truth alike.
        reach = real.shape[1]
        middle = lambda x, count: x[:, (x.shape[1] - count) // 2 :][:, :count]
        truth = middle(sharp, 2 * reach + 1)
        rows.append(
            (
                psnr(new.float(), truth[:, ::2]),
                psnr(middle(warps, reach + 1).mean(2), truth[:, ::2]),
                psnr(real.float(), truth[:, 1::2]),
                psnr(middle(frames, reach), truth[:, 1::2]),
            )
        )
    columns = (torch.cat(column).cpu().double() for column in zip(*rows))
    return dict(zip(('between', 'warped', 'frame', 'input'), columns))


def validate(model: Callable[[Tensor, Tensor], dict[str, Tensor]], held_back: Samples) -> dict[str, float]:
    """Means of what `score` gives, of blurred and of sharp input apart; and `score`, the mean gain of new and of
    sharpened frames."""
    found = {name: column.mean(1) for name, column in score(model, held_back).items()}
    gain = (found['between'] - found['warped'] + found['frame'] - found['input']) / 2
    blurred = torch.from_numpy(np.isin(np.arange(held_back.count), held_back.blurred))
    means = {
        f'{name} {kind}': float(found[name][which].mean())
        for kind, which in (('blurred', blurred), ('sharp', ~blurred))
        for name in ('between', 'frame', 'warped', 'input')
    }
    return {'score': float(gain.mean())} | means
