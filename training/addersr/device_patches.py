"""Random crops gathered on the device that trains: the photographs lie there once and for all."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .data import Pair, Patches, Place, to_tensor

# np.rot90 by so many quarter turns: row and column of the source for (i, j), each as the
# coefficients of (last, i, j), last = side - 1.
TURNS = (
    ((0, 1, 0), (0, 0, 1)),
    ((0, 0, 1), (1, -1, 0)),
    ((1, -1, 0), (1, 0, -1)),
    ((1, 0, -1), (0, 1, 0)),
)


class Planes:
    """Pictures of any sizes one after the other, float32 code / 255."""

    def __init__(self, planes: list[np.ndarray], device: torch.device):
        sizes = np.array([plane.size for plane in planes])
        self.first = (np.cumsum(sizes) - sizes).tolist()
        self.width = [plane.shape[1] for plane in planes]
        self.codes = torch.cat([to_tensor(plane).flatten() for plane in planes]).to(device)

    def walk(self, place: Place, side: int, factor: int) -> tuple[int, int, int]:
        """Index of a crop's pixel (0, 0), and the steps from row to row and column to column.

        The place counts in pixels of 1 / factor of these planes.
        """
        width = self.width[place.picture]
        row, column = TURNS[place.turns]
        last, down, right = (width * r + c for r, c in zip(row, column))
        if place.mirror:
            last, right = last + right, -right
        corner = self.first[place.picture] + place.y * factor * width + place.x * factor
        return corner + last * (side - 1), down, right

    def gather(self, walks: Tensor, side: int) -> Tensor:
        """walks int64 [3, batch] -> [batch, 1, side, side]."""
        corner, down, right = walks[:, :, None, None]
        along = torch.arange(side, device=walks.device)
        return self.codes[corner + down * along[:, None] + right * along].unsqueeze(1)


class DevicePatches(Patches):
    """data.Patches on a device: the same draws, the same pixels."""

    def __init__(self, pairs: list[Pair], scale: int, seed: int, device: torch.device):
        super().__init__(pairs, scale, seed)
        self.device = device
        self.low = Planes([pair.low for pair in pairs], device)
        self.targets = [Planes(list(planes), device) for planes in zip(*(pair.targets for pair in pairs))]

    def draw(self, batch: int, size: int) -> tuple[Tensor, Tensor]:
        """Low [batch, 1, size, size] and its targets [batch, 1 or 2, size s, size s]."""
        s = self.scale
        walks = []
        for place in self.places(batch, size):
            walks.append(self.low.walk(place, size, 1) + self.targets[0].walk(place, size * s, s))
        # Not waited for: otherwise the CPU could not run ahead of the GPU.
        table = torch.tensor(walks).T.to(self.device, non_blocking=True)
        targets = [planes.gather(table[3:], size * s) for planes in self.targets]
        return self.low.gather(table[:3], size), torch.cat(targets, 1)
