"""Grids of 8-bit codes: what they cover, how they are fitted to a trained net, and nets that compute with them while
they learn.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from . import data

if TYPE_CHECKING:
    from .model import AdderSR

# Shares of a layer's input that may fall off either end of its grid. Ten times as much would suit
# photographs better (0.03 dB), but captions and drawings have the strongest edges of all.
LOW, HIGH = 0.00002, 0.99998
LEVELS = 255


@dataclasses.dataclass(frozen=True)
class Grid:
    """real = (code - zero) * step, codes 0 to 255; 0 is on the grid."""

    step: np.float32
    zero: int

    @staticmethod
    def over(low: float, high: float) -> Grid:
        step = np.float32((high - low) / LEVELS)
        return Grid(step, int(np.rint(-low / step)))

    def ends(self) -> tuple[float, float]:
        return -self.zero * float(self.step), (LEVELS - self.zero) * float(self.step)

    def encode(self, x: Tensor) -> Tensor:
        """Real values -> codes in float32; ONNX's QuantizeLinear."""
        return (torch.round(x / torch.tensor(self.step)) + self.zero).clamp(0, LEVELS)

    def decode(self, codes: Tensor) -> Tensor:
        return (codes - self.zero) * torch.tensor(self.step)


class Snap(nn.Module):
    """Where values become 8-bit codes in the exported net: rounds them as codes would, once it is `on`; gradients pass.

    step, zero: its grid, in tensors, so that a captured graph of a GPU follows a new one.
    """

    def __init__(self):
        super().__init__()
        self.on = False
        self.register_buffer('step', torch.ones(()), persistent=False)
        self.register_buffer('zero', torch.zeros(()), persistent=False)

    def fit(self, grid: Grid) -> None:
        self.step.fill_(float(grid.step))
        self.zero.fill_(grid.zero)

    def forward(self, x: Tensor) -> Tensor:
        return _Rounded.apply(x, self.step, self.zero) if self.on else x

    def filters(self, f: Tensor) -> Tensor:
        """Filters on the grid of their input: those beyond its ends act as the ends do but for a constant, and stay."""
        if not self.on:
            return f
        inside = torch.minimum(torch.maximum(f, -self.zero * self.step), (LEVELS - self.zero) * self.step)
        return f + (_Rounded.apply(inside, self.step, self.zero) - inside).detach()


class _Rounded(torch.autograd.Function):
    """[…] to the nearest of a grid's 256 values; the gradient as if nothing had been done (Bengio et al., arXiv 1308.3432)."""

    @staticmethod
    def forward(ctx, x: Tensor, step: Tensor, zero: Tensor) -> Tensor:
        return torch.round(x / step).add_(zero).clamp_(0, LEVELS).sub_(zero).mul_(step)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        return gradient, None, None


def snap_to(model: AdderSR, on: bool, grids: list[Grid] | None = None) -> None:
    """Whether a net computes with codes; `grids`: new ones, of its layers' inputs in order and of its tail's."""
    snaps = [module for module in model.modules() if isinstance(module, Snap)]
    for i, snap in enumerate(snaps):
        snap.on = on
        if grids:
            snap.fit(grids[i])


def extent(parts: list[Tensor]) -> tuple[float, float]:
    """[min(0, low percentile), high percentile] of what passed a point."""
    values = np.concatenate([part.cpu().numpy().ravel() for part in parts])
    at = [int(LOW * (len(values) - 1)), int(np.ceil(HIGH * (len(values) - 1)))]
    low, high = np.partition(values, at)[at]
    return min(0.0, float(low)), float(high)


@torch.no_grad()
def observe(model: AdderSR, crops: Tensor) -> list[Grid]:
    """The grid of every adder layer's input, in order, and that of the body's output; of a net that doesn't snap."""
    seen: dict[nn.Module, list[Tensor]] = {}
    keep = lambda module, inputs: seen.setdefault(module, []).append(inputs[0].clone())
    layers = [layer for block in model.blocks for layer in block.layers]
    handles = [module.register_forward_pre_hook(keep) for module in (*layers, model.tail)]
    for part in crops.split(4):
        model(part)
    for handle in handles:
        handle.remove()
    return [Grid.over(*extent(seen.pop(module))) for module in (*layers, model.tail)]


def calibration_crops(pairs: list[data.Pair], scale: int) -> Tensor:
    """Crops of training photographs, evenly spread over them and as many pixels at every scale: [count, 1, size, size]."""
    size, count = 192 // scale, 12 * scale**2
    chosen = pairs[:: max(1, len(pairs) * 2 // count)][: count // 2]
    return data.centre_crops(chosen, scale, size)[0]
