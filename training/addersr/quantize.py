"""A trained net with an 8-bit body, and an exact simulation of how it runs.

An adder layer's input and filter share one grid, fitted to that layer's input. A filter value outside the
grid is moved to its end, which changes the layer's output by a constant alone: |x - f| grows by the
same amount for every x on the grid. Head and tail are convolutions with 16-bit weights, each output
channel on a scale of its own. Arithmetic follows `QuantizedConv2d`, `Adder2d` and `SubpixelConv2d` in
kernels/README.md: the sums are integers, and the epilogue is 32-bit float, operation by operation.
"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import train
from .adder import Adder2dFunction, adder_forward, runs_native
from .config import TrainConfig
from .data import cubic
from .grids import LEVELS, Grid, calibration_crops, observe
from .model import AdderSR, Block, Layer, Power

# The head reads luma in 1/64 of an 8-bit code: exact for codes of up to 14 bits, with room up to twice white.
LUMA_LEVELS = 255 * 64
MOST_LUMA = 2**15 - 1
MOST_WEIGHT = 2**15 - 1
MOST_SUM = 2**31 - 1


def channelwise(values: np.ndarray) -> Tensor:
    """[C] against [N,C,H,W]."""
    return torch.from_numpy(values)[:, None, None]


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
        t = self.sums(tensors[self.source]) * channelwise(self.scale)
        t = t + channelwise(self.bias)
        if self.residual is not None:
            t = t + tensors[self.residual] * torch.tensor(self.residual_scale)
        if self.activation == 'relu':
            t = t.clamp(min=0)
        if self.power != 1:
            t = np.float32(self.power_gain) * t.sign() * t.abs() ** np.float32(self.power)
        return (torch.round(t) + self.grid_out.zero).clamp(0, LEVELS)


def convolve_exactly(x: Tensor, weight: np.ndarray) -> Tensor:
    """Whole numbers [N,Cin,H,W] with weights [Cout,k,k,Cin], beyond the border 0 -> their sums in float32.

    Every sum is below 2^31, exact in double precision, and rounds once on its way to float32.
    """
    filters = torch.from_numpy(weight.astype(np.float64)).permute(0, 3, 1, 2)
    return F.conv2d(x.double(), filters, padding=weight.shape[1] // 2).float()


@dataclasses.dataclass(frozen=True)
class HeadNode:
    """`QuantizedConv2d`: luma to the body's first codes."""

    weight: np.ndarray  # int16 [C, k, k, 1]
    scale: np.ndarray  # float32 [C]
    bias: np.ndarray  # float32 [C]
    grid_out: Grid

    def run(self, y: Tensor) -> Tensor:
        """[N,1,H,W] -> codes [N,C,H,W], in float32."""
        luma = torch.round(y * LUMA_LEVELS).clamp(-MOST_LUMA, MOST_LUMA)
        t = convolve_exactly(luma, self.weight) * channelwise(self.scale)
        t = (t + channelwise(self.bias)).clamp(min=0)
        return (torch.round(t) + self.grid_out.zero).clamp(0, LEVELS)


@dataclasses.dataclass(frozen=True)
class TailNode:
    """`SubpixelConv2d`: the body's last codes and the luma to the enlarged luma."""

    weight: np.ndarray  # int16 [s*s, k, k, C]
    scale: np.ndarray  # float32 [s*s]
    bias: np.ndarray  # float32 [s*s]
    grid_in: Grid
    block_size: int

    def run(self, codes: Tensor, y: Tensor) -> Tensor:
        """Codes [N,C,H,W] in float32 and y [N,1,H,W] -> [N,1,sH,sW]."""
        t = convolve_exactly(codes - self.grid_in.zero, self.weight) * channelwise(self.scale)
        t = t + channelwise(self.bias)
        return F.pixel_shuffle(t, self.block_size) + enlarge_bicubic(y, self.block_size)


def enlarge_bicubic(y: Tensor, scale: int) -> Tensor:
    """[N,1,H,W] -> [N,1,sH,sW], down and then across; four taps, added up from the first on."""
    for axis in (2, 3):
        bordered = F.pad(y, (0, 0, 2, 2) if axis == 2 else (2, 2, 0, 0), mode='replicate')
        phases = []
        for phase in range(scale):
            offset = (phase + 0.5) / scale - 0.5
            first = int(np.floor(offset)) - 1
            total = None
            for tap in range(4):
                weight = float(np.float32(cubic(np.float64(first + tap - offset))))
                term = bordered.narrow(axis, 2 + first + tap, y.shape[axis]) * weight
                total = term if total is None else total + term
            phases.append(total)
        y = torch.stack(phases, axis + 1).flatten(axis, axis + 1)
    return y


@dataclasses.dataclass(frozen=True)
class QuantizedNet:
    """A net that runs in whole numbers: head, a chain of 8-bit adder nodes, tail."""

    model: AdderSR
    head: HeadNode
    nodes: list[AdderNode]
    tail: TailNode

    @property
    def grid_in(self) -> Grid:
        return self.nodes[0].grid_in

    @property
    def grid_out(self) -> Grid:
        return self.nodes[-1].grid_out

    @torch.no_grad()
    def upscale(self, y: Tensor) -> Tensor:
        """[N,1,H,W] -> [N,1,sH,sW] as the exported model computes it."""
        tensors = [self.head.run(y)]
        for node in self.nodes:
            tensors.append(node.run(tensors))
        return self.tail.run(tensors[-1], y)


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


def whole_weights(weight: Tensor, most_input: int) -> tuple[np.ndarray, np.ndarray]:
    """A convolution's weights [Cout,Cin,k,k] as int16 [Cout,k,k,Cin], and each channel's step [Cout].

    As fine as 16 bits and 32-bit sums of inputs up to `most_input` allow.
    """
    w = weight.detach().double()
    terms = w[0].numel()
    largest = w.abs().amax((1, 2, 3)) / MOST_WEIGHT
    # Rounding adds half a step a term at most.
    total = w.abs().sum((1, 2, 3)) / (MOST_SUM // most_input - terms)
    step = torch.maximum(largest, total).clamp(min=1e-30)
    whole = torch.round(w / step[:, None, None, None]).permute(0, 2, 3, 1)
    return whole.to(torch.int16).contiguous().numpy(), step.numpy()


def head_node(model: AdderSR, grid: Grid) -> HeadNode:
    weight, step = whole_weights(model.head.weight, MOST_LUMA)
    unit = float(grid.step)
    return HeadNode(
        weight=weight,
        scale=(step / (LUMA_LEVELS * unit)).astype(np.float32),
        bias=(model.head.bias.detach().double().numpy() / unit).astype(np.float32),
        grid_out=grid,
    )


def tail_node(model: AdderSR, grid: Grid) -> TailNode:
    weight, step = whole_weights(model.tail.weight, LEVELS)
    return TailNode(
        weight=weight,
        scale=(step * float(grid.step)).astype(np.float32),
        bias=model.tail.bias.detach().numpy().astype(np.float32),
        grid_in=grid,
        block_size=model.config.scale,
    )


def quantize(model: AdderSR, crops: Tensor) -> QuantizedNet:
    """The 8-bit net of a trained one; crops [N,1,h,w] of training photographs fit the grids."""
    if model.config.layer != 'adder':
        raise ValueError('only adder layers have an 8-bit form')
    model = copy.deepcopy(model).float().cpu().eval()
    grids = observe(model, crops)
    nodes: list[AdderNode] = []
    for block in model.blocks:
        nodes += block_nodes(block, len(nodes), grids)
    return QuantizedNet(model, head_node(model, grids[0]), nodes, tail_node(model, grids[-1]))


def crops_of(config: TrainConfig) -> Tensor:
    """The crops of a configuration's training photographs that grids are fitted to."""
    return calibration_crops(train.photographs(config)[0], config.model.scale)
