"""The body of a trained net in 8 bits, and an exact simulation of how it runs.

A layer's input and filter share one grid, fitted to that layer's input. A filter value outside the
grid is moved to its end, which changes the layer's output by a constant alone: |x - f| grows by the
same amount for every x on the grid. Arithmetic follows `Adder2d` in kernels/README.md: the sums
are integers, and the epilogue is 32-bit float, operation by operation.
"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import data, train
from .adder import Adder2dFunction, adder_forward, runs_native
from .model import AdderSR, Block, Layer, Power

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


@dataclasses.dataclass(frozen=True)
class AdderNode:
    """One `Adder2d`: its operands and attributes. `source` and `residual` are positions in the
    list of code tensors, where 0 is the body's input and node i makes tensor i + 1."""

    source: int
    residual: int | None
    weight: np.ndarray  # uint8 [Cout, k, k, Cin]
    scale: np.ndarray  # float32 [Cout]
    bias: np.ndarray  # float32 [Cout]
    residual_scale: np.float32
    activation: str
    power: float
    power_gain: float
    grid_in: Grid
    grid_out: Grid

    def sums(self, codes: Tensor) -> Tensor:
        """S = sum |x - w|, exact: every partial sum is an integer below 2^24."""
        filters = torch.from_numpy(self.weight.astype(np.float32)).permute(0, 3, 1, 2).contiguous()
        # Both less the zero point, so that padding with the code of zero is padding with 0.
        x, f = codes - self.grid_in.zero, filters - self.grid_in.zero
        if runs_native(x, f):
            return -Adder2dFunction.apply(x, f, True)
        return -adder_forward(x, f)

    def run(self, tensors: list[Tensor]) -> Tensor:
        """Codes [N,Cin,H,W] of the sources, in float32 -> codes [N,Cout,H,W]."""
        channel = lambda values: torch.from_numpy(values)[:, None, None]
        t = self.sums(tensors[self.source]) * channel(self.scale)
        t = t + channel(self.bias)
        if self.residual is not None:
            t = t + tensors[self.residual] * torch.tensor(self.residual_scale)
        if self.activation == 'relu':
            t = t.clamp(min=0)
        if self.power != 1:
            t = np.float32(self.power_gain) * t.sign() * t.abs() ** np.float32(self.power)
        return (torch.round(t) + self.grid_out.zero).clamp(0, LEVELS)


@dataclasses.dataclass(frozen=True)
class QuantizedNet:
    """A net whose body is a chain of 8-bit adder nodes; head, tail and skip stay in float32."""

    model: AdderSR
    nodes: list[AdderNode]

    @property
    def grid_in(self) -> Grid:
        return self.nodes[0].grid_in

    @property
    def grid_out(self) -> Grid:
        return self.nodes[-1].grid_out

    @torch.no_grad()
    def upscale(self, y: Tensor) -> Tensor:
        """[N,1,H,W] -> [N,1,sH,sW] as the exported model computes it."""
        model = self.model
        tensors = [self.grid_in.encode(F.relu(model.head(y)))]
        for node in self.nodes:
            tensors.append(node.run(tensors))
        x = self.grid_out.decode(tensors[-1])
        return F.pixel_shuffle(model.tail(x) + model.bicubic(y), model.config.scale)


def extent(parts: list[Tensor]) -> tuple[float, float]:
    """[min(0, low percentile), high percentile] of what passed a point."""
    values = np.concatenate([part.numpy().ravel() for part in parts])
    at = [int(LOW * (len(values) - 1)), int(np.ceil(HIGH * (len(values) - 1)))]
    low, high = np.partition(values, at)[at]
    return min(0.0, float(low)), float(high)


@torch.no_grad()
def observe(model: AdderSR, crops: Tensor) -> tuple[list[Grid], Grid]:
    """The grid of every adder layer's input, in order, and that of the body's output."""
    seen: dict[nn.Module, list[Tensor]] = {}
    keep = lambda module, inputs: seen.setdefault(module, []).append(inputs[0].clone())
    layers = [layer for block in model.blocks for layer in block.layers]
    handles = [module.register_forward_pre_hook(keep) for module in (*layers, model.tail)]
    for part in crops.split(4):
        model(part)
    for handle in handles:
        handle.remove()
    grids = [Grid.over(*extent(seen.pop(module))) for module in (*layers, model.tail)]
    return grids[:-1], grids[-1]


def fold(layer: Layer, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A layer's codes [Cout,k,k,Cin], and slope and offset so that t = slope S + offset."""
    f = layer.body.weight.detach().double()
    low, high = grid.ends()
    inside = f.clamp(low, high)
    codes = (torch.round(inside / float(grid.step)) + grid.zero).clamp(0, LEVELS)
    beyond = (f - inside).abs().sum((1, 2, 3))
    norm = layer.norm
    gain = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
    slope = -gain * float(grid.step)
    offset = norm.bias.detach().double() - gain * (norm.running_mean.double() + beyond)
    weight = codes.permute(0, 2, 3, 1).to(torch.uint8).contiguous().numpy()
    return weight, slope.numpy(), offset.numpy()


def node_of(
    layer: Layer,
    source: int,
    residual: int | None,
    relu: bool,
    power: float,
    grids: list[Grid],
    residual_grid: Grid | None,
) -> AdderNode:
    """A layer with its epilogue in units of the output's step."""
    grid_in, grid_out = grids[source], grids[source + 1]
    weight, slope, offset = fold(layer, grid_in)
    step = float(grid_out.step)
    bias, residual_scale = offset / step, np.float32(1)
    if residual_grid is not None:
        residual_scale = np.float32(float(residual_grid.step) / step)
        bias = bias - residual_grid.zero * float(residual_scale)
    return AdderNode(
        source=source,
        residual=residual,
        weight=weight,
        scale=(slope / step).astype(np.float32),
        bias=bias.astype(np.float32),
        residual_scale=residual_scale,
        activation='relu' if relu else 'none',
        power=power,
        # (t step)^a = gain (t)^a step
        power_gain=float(np.float32(step ** (power - 1))),
        grid_in=grid_in,
        grid_out=grid_out,
    )


def exponent(power: nn.Module) -> float:
    return float(np.float32(power.alpha.item())) if isinstance(power, Power) else 1.0


def block_nodes(block: Block, first: int, grids: list[Grid]) -> list[AdderNode]:
    """The two nodes of a block whose input is tensor `first`."""
    nodes = []
    for i, layer in enumerate(block.layers):
        source = first + i
        last_of_block_form = block.form == 'block' and i == 1
        residual = {'block': first if i == 1 else None, 'published': source, 'plain': None}[block.form]
        nodes.append(
            node_of(
                layer,
                source,
                residual,
                relu=not last_of_block_form,
                power=1.0 if last_of_block_form else exponent(block.powers[i]),
                grids=grids,
                residual_grid=None if residual is None else grids[residual],
            )
        )
    return nodes


def quantize(model: AdderSR, crops: Tensor) -> QuantizedNet:
    """The 8-bit net of a trained one; crops [N,1,h,w] of training photographs fit the grids."""
    if model.config.layer != 'adder':
        raise ValueError('only adder layers have an 8-bit form')
    model = copy.deepcopy(model).float().cpu().eval()
    inputs, output = observe(model, crops)
    grids = [*inputs, output]
    nodes: list[AdderNode] = []
    for block in model.blocks:
        nodes += block_nodes(block, len(nodes), grids)
    return QuantizedNet(model, nodes)


def calibration_crops(config: train.TrainConfig, size: int = 96, count: int = 48) -> Tensor:
    """Crops of training photographs, evenly spread over them: [count, 1, size, size]."""
    pairs, _ = train.photographs(config)
    chosen = pairs[:: max(1, len(pairs) * 2 // count)][: count // 2]
    return data.centre_crops(chosen, config.model.scale, size)[0]
