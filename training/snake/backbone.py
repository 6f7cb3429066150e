"""A MobileNetV3 CenterNet (Howard et al., ICCV 2019; Zhou et al., arXiv 1904.07850) with its batch norms folded.

The layers are those of https://github.com/610265158/mobilenetv3_centernet, whose COCO weights `convert.py` reads:
TensorFlow's asymmetric 'SAME' padding under stride 2, and bilinear enlargement that keeps the first corner.
"""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .antialias import FILTERS

STRIDE = 4
CLASSES = 80
STEM = 16  # channels at stride 2
HEAD = 128  # channels at stride 4
BOX_SCALE = 16.0  # input pixels per unit of the box head's convolution
BOXES = 2  # of a cell: a person's and any other object's, whose middles may be one, as of a bag that somebody holds


@dataclasses.dataclass(frozen=True)
class BlockConfig:
    """An inverted residual. squeeze: channels of the squeeze-excite in the middle, 0 for none."""

    inputs: int
    expand: int
    outputs: int
    kernel: int
    stride: int
    squeeze: int
    activation: str


BLOCKS = tuple(
    BlockConfig(*row)
    for row in (
        (16, 16, 16, 3, 1, 0, 'relu'),
        (16, 64, 24, 3, 2, 0, 'relu'),
        (24, 72, 24, 3, 1, 0, 'relu'),
        (24, 72, 32, 5, 2, 24, 'relu'),
        (32, 96, 32, 5, 1, 24, 'relu'),
        (32, 96, 32, 5, 1, 24, 'relu'),
        (32, 192, 64, 3, 2, 0, 'hard'),
        (64, 160, 64, 3, 1, 0, 'hard'),
        (64, 144, 64, 3, 1, 0, 'hard'),
        (64, 144, 64, 3, 1, 0, 'hard'),
        (64, 384, 88, 3, 1, 96, 'hard'),
        (88, 528, 88, 3, 1, 136, 'hard'),
        (88, 528, 120, 5, 2, 136, 'hard'),
        (120, 720, 120, 5, 1, 184, 'hard'),
        (120, 720, 120, 5, 1, 184, 'hard'),
    )
)
LAST = 480
# Blocks whose expanded input (3, 5) or output (11) the head takes.
SKIPS = (3, 5, 11)
STRIDED = tuple(i for i, block in enumerate(BLOCKS) if block.stride == 2)


def padded(conv: nn.Conv2d, x: Tensor, before: int, after: int) -> Tensor:
    """The convolution with so much zero padding left and above, right and below: TensorFlow's 'SAME' under stride 2
    and even sides has one more behind."""
    if torch.onnx.is_in_onnx_export():
        pads = [before, before, after, after]
        return ExportedConv.apply(x, conv.weight, conv.bias, pads, conv.stride[0], conv.groups)
    return conv(F.pad(x, [before, after, before, after]))


class ExportedConv(torch.autograd.Function):
    """`padded` as one Conv of the ONNX graph: the exporter can't give it unequal padding."""

    @staticmethod
    def forward(_, x: Tensor, weight: Tensor, bias: Tensor, pads: list[int], stride: int, groups: int) -> Tensor:
        return F.conv2d(F.pad(x, [pads[1], pads[3], pads[0], pads[2]]), weight, bias, stride, 0, 1, groups)

    @staticmethod
    def symbolic(graph, x, weight, bias, pads: list[int], stride: int, groups: int):
        return graph.op('Conv', x, weight, bias, pads_i=pads, strides_i=[stride] * 2, group_i=groups)


def activation(kind: str) -> nn.Module:
    return nn.ReLU(inplace=True) if kind == 'relu' else nn.Hardswish()


def pointwise(inputs: int, outputs: int, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 1, bias=bias)


def depthwise(channels: int, kernel: int, bias: bool = False, stride: int = 1) -> nn.Conv2d:
    padding = kernel // 2 if stride == 1 else 0
    return nn.Conv2d(channels, channels, kernel, stride, padding, groups=channels, bias=bias)


class SqueezeExcite(nn.Module):
    """Channel gates from the mean over places; `gate` hard-sigmoid in the backbone, sigmoid in the head."""

    def __init__(self, channels: int, squeezed: int, gate: nn.Module, bias: bool = True):
        super().__init__()
        self.reduce, self.expand = pointwise(channels, squeezed), pointwise(squeezed, channels, bias)
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        mean = F.adaptive_avg_pool2d(x, 1)
        return x * self.gate(self.expand(F.relu(self.reduce(mean))))


class Block(nn.Module):
    """[n,inputs,H,W] -> ([n,outputs,H/stride,W/stride], the expanded input [n,expand,H,W]).

    antialias: a filter of antialias.py; the depthwise convolution then runs at stride 1, shifted by one so that
    even places stand where stride 2 would put them.
    """

    def __init__(self, config: BlockConfig, first: bool, antialias: str = 'none'):
        super().__init__()
        self.config = config
        self.expand = None if first else pointwise(config.inputs, config.expand)
        filtered = antialias != 'none'
        stride = 1 if filtered else config.stride
        self.depthwise = nn.Conv2d(config.expand, config.expand, config.kernel, stride, groups=config.expand)
        if config.stride == 1:
            self.depthwise.padding = (config.kernel // 2,) * 2
        self.filter = FILTERS[antialias](config.expand) if filtered else None
        gate = nn.Hardsigmoid()
        self.squeeze = SqueezeExcite(config.expand, config.squeeze, gate) if config.squeeze else None
        self.project = pointwise(config.expand, config.outputs)
        self.activation = activation(config.activation)
        self.residual = config.stride == 1 and config.inputs == config.outputs

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        wide = x if self.expand is None else self.activation(self.expand(x))
        if self.config.stride == 1:
            y = self.depthwise(wide)
        else:
            before = self.config.kernel // 2 - 1
            y = padded(self.depthwise, wide, before, before + (1 if self.filter is None else 2))
        y = self.activation(y)
        if self.filter is not None:
            y = self.filter(y)
        if self.squeeze is not None:
            y = self.squeeze(y)
        y = self.project(y)
        return (x + y if self.residual else y), wide


def enlarge(x: Tensor) -> Tensor:
    """Bilinear to twice the size, output i at input i/2 (TensorFlow without half_pixel_centers), borders repeated."""
    if torch.onnx.is_in_onnx_export():
        return ExportedEnlarge.apply(x)
    height, width = x.shape[-2:]
    size = (2 * height + 1, 2 * width + 1)
    # From n + 1 samples to 2 n + 1, corners aligned, is a step of exactly 1/2.
    wider = F.interpolate(F.pad(x, [0, 1, 0, 1], 'replicate'), size, mode='bilinear', align_corners=True)
    return wider[..., :-1, :-1]


class ExportedEnlarge(torch.autograd.Function):
    """`enlarge` as one Resize of the ONNX graph."""

    @staticmethod
    def forward(_, x: Tensor) -> Tensor:
        return x.repeat_interleave(2, -1).repeat_interleave(2, -2)

    @staticmethod
    def symbolic(graph, x):
        none = graph.op('Constant', value_t=torch.tensor([], dtype=torch.float32))
        scales = graph.op('Constant', value_t=torch.tensor([1.0, 1.0, 2.0, 2.0]))
        modes = {'mode_s': 'linear', 'coordinate_transformation_mode_s': 'asymmetric'}
        return graph.op('Resize', x, none, scales, **modes)


class Separable(nn.Module):
    """Depthwise then pointwise convolution."""

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.depthwise, self.pointwise = depthwise(inputs, kernel), pointwise(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(x))


class Lateral(nn.Module):
    """A skip connection: narrow, ReLU, 5 x 5 separable."""

    def __init__(self, inputs: int, narrow: int, outputs: int):
        super().__init__()
        self.narrow, self.separable = pointwise(inputs, narrow), Separable(narrow, outputs, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.separable(F.relu(self.narrow(x)))


class Upsample(nn.Module):
    """The sum of a 3 x 3 and a 5 x 5 separable convolution, enlarged."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.small, self.large = Separable(inputs, outputs, 3), Separable(inputs, outputs, 5)

    def forward(self, x: Tensor) -> Tensor:
        return enlarge(self.small(x) + self.large(x))


class CenterNet(nn.Module):
    """image [n,3,H,W] in 0..1 -> heatmap logits [n,80,H/4,W/4], box [n,8,H/4,W/4], head features [n,128,H/4,W/4]
    before the squeeze-excite, stem [n,16,H/2,W/2]. H and W are multiples of 32.

    box: distances left, top, right, bottom from the cell's centre, input pixels, of a person and then of any other
    object. antialias: the filter (antialias.py)
    of the blocks in `filtered`.
    """

    def __init__(self, antialias: str = 'none', filtered: tuple[int, ...] = STRIDED):
        super().__init__()
        self.stem = nn.Conv2d(3, STEM, 3, 2)
        self.blocks = nn.ModuleList(
            Block(config, i == 0, antialias if i in filtered else 'none') for i, config in enumerate(BLOCKS)
        )
        self.last = pointwise(BLOCKS[-1].outputs, LAST)
        self.laterals = nn.ModuleList([Lateral(72, 18, 64), Lateral(96, 24, 96), Lateral(88, 22, 128)])
        self.upsamples = nn.ModuleList([Upsample(192, 64), Upsample(256, 96), Upsample(LAST, 128)])
        self.gate = SqueezeExcite(HEAD, 32, nn.Sigmoid(), bias=False)
        self.heatmap = Separable(HEAD, CLASSES, 3)
        self.box = Separable(HEAD, 4 * BOXES, 3)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        stem = x = F.hardswish(padded(self.stem, image, 0, 1))
        skips = []
        for i, block in enumerate(self.blocks):
            x, wide = block(x)
            if i in SKIPS:
                skips.append(x if i == SKIPS[-1] else wide)
        x = F.hardswish(self.last(x))
        for skip, lateral, upsample in reversed(list(zip(skips, self.laterals, self.upsamples))):
            x = F.relu(torch.cat([lateral(skip), upsample(x)], 1))
        gated = self.gate(x)
        return self.heatmap(gated), self.box(gated) * BOX_SCALE, x, stem
