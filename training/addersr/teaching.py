"""What a better net makes of the photographs, beside them as a second target (Hinton et al., arXiv 1503.02531)."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from . import data
from .model import ModelConfig

# Low resolution rows that go through the teacher at once: 64 channels of a large photograph would fill the memory.
ROWS = 384


def reach(config: ModelConfig) -> int:
    """Low resolution pixels that a net sees on each side: two of the head, one of each other layer."""
    return 2 + 2 * config.blocks + 1


@torch.no_grad()
def enlarge(net: Callable[[Tensor], Tensor], low: np.ndarray, scale: int, halo: int) -> np.ndarray:
    """uint16 in 1/256 codes [h, w] -> [h s, w s], in bands of rows: the values of the whole picture."""
    device = next(net.parameters()).device
    bands = []
    for top in range(0, len(low), ROWS):
        first, last = max(0, top - halo), min(len(low), top + ROWS + halo)
        made = net(data.to_tensor(low[first:last])[None].to(device))[0, 0]
        rows = made[(top - first) * scale : (min(top + ROWS, len(low)) - first) * scale]
        bands.append((rows * (255 * data.STEPS)).round().clamp(0, 255 * data.STEPS).cpu().numpy())
    return np.concatenate(bands).astype(np.uint16)


def teach(
    pairs: list[data.Pair], net: torch.nn.Module, config: ModelConfig, weights: pathlib.Path
) -> list[data.Pair]:
    """The pairs with what the net, whose checkpoint is `weights`, makes of them; kept in training/build.

    A standard net takes about 20 s for a megapixel of the photographs on one thread.
    """
    key = hashlib.sha256(weights.read_bytes())
    key.update('\n'.join(pair.name for pair in pairs).encode())
    cache = data.CACHE / f'taught-{key.hexdigest()[:12]}-x{config.scale}.npz'
    if not cache.exists():
        halo = reach(config)
        made = [enlarge(net, pair.low, config.scale, halo) for pair in pairs]
        data.write_planes(cache, {f'taught{i}': plane for i, plane in enumerate(made)})
    with np.load(cache) as held:
        return [dataclasses.replace(pair, taught=held[f'taught{i}']) for i, pair in enumerate(pairs)]
