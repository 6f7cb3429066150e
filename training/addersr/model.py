"""AdderSR's light net and its relatives (Song et al., CVPR 2021, arXiv 2009.08891).

    y [N,1,H,W] -> conv 5x5 -> ReLU -> body [N,C,H,W] -> conv 3x3 [N,s*s,H,W]
                -> + bicubic [N,s*s,H,W] -> pixel shuffle [N,1,sH,sW]

The body's layers are adder layers, or convolutions in the twin.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .adder import Adder2d
from .data import cubic
from .grids import Snap


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """What a net is built from.

    form: 'block' is h = ReLU(BN(adder(x))), x = x + BN(adder(h)); 'published' puts a shortcut
    round every adder layer, x = ReLU(BN(adder(x)) + x); 'plain' has none, x = ReLU(BN(adder(x))).
    power: the learnable activation sign(t) |t|^alpha after every ReLU of the body.
    layer: 'adder', or 'conv' for the twin. exact: 32-bit float in the adder kernels.
    """

    scale: int = 2
    width: int = 32
    blocks: int = 8
    form: str = 'block'
    power: bool = False
    layer: str = 'adder'
    gamma: float = 0.1
    exact: bool = False

    def __post_init__(self):
        if self.form not in ('block', 'published', 'plain'):
            raise ValueError(f"form must be block, published or plain, not '{self.form}'")
        if self.layer not in ('adder', 'conv'):
            raise ValueError(f"layer must be adder or conv, not '{self.layer}'")


def bicubic_phases(scale: int) -> Tensor:
    """Bicubic enlargement as a convolution: [s*s, 1, 5, 5], phases in pixel shuffle's order.

    Phase k of an axis lies (k + 0.5) / s - 0.5 pixels from the source pixel, so at most half a
    pixel away: four taps within five.
    """
    offset = (np.arange(scale) + 0.5) / scale - 0.5
    axis = cubic(offset[:, None] - np.arange(-2, 3))
    phases = np.einsum('ai,bj->abij', axis, axis).reshape(scale * scale, 1, 5, 5)
    return torch.from_numpy(phases.astype(np.float32))


class Bicubic(nn.Module):
    """[N,1,H,W] -> the s*s phases of its enlargement [N,s*s,H,W]; borders are repeated."""

    def __init__(self, scale: int):
        super().__init__()
        self.register_buffer('phases', bicubic_phases(scale), persistent=False)

    def forward(self, y: Tensor) -> Tensor:
        return F.conv2d(F.pad(y, (2, 2, 2, 2), mode='replicate'), self.phases)


class Power(nn.Module):
    """AdderSR's power activation sign(t) |t|^alpha (eq. 13), alpha learned from 1."""

    # Keeps the gradient finite at 0 when alpha < 1.
    EPSILON = 1e-4

    def __init__(self):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(()))

    def forward(self, t: Tensor) -> Tensor:
        return t.sign() * (t.abs() + self.EPSILON) ** self.alpha


class Norm(nn.BatchNorm2d):
    """Batch norm; a training GPU runs cuDNN's kernels or PyTorch's own.

    CUDNN is for check_cuda.py to tell which are faster in channels_last.
    """

    CUDNN = True

    def forward(self, x: Tensor) -> Tensor:
        if self.CUDNN or not x.is_cuda or not self.training or self.momentum is None:
            return super().forward(x)
        self.num_batches_tracked.add_(1)
        running = self.running_mean, self.running_var
        return torch.batch_norm(
            x, self.weight, self.bias, *running, True, self.momentum, self.eps, False
        )


class Layer(nn.Module):
    """An adder layer (or its twin) and batch norm, C -> C. `snap` is for what holds the layer to apply to its input."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.width
        if config.layer == 'adder':
            self.body = Adder2d(width, width, exact=config.exact)
        else:
            self.body = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = Norm(width)
        self.snap = Snap()
        nn.init.constant_(self.norm.weight, config.gamma)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.body(x, self.snap.filters) if self.snap.on else self.body(x))


class Block(nn.Module):
    """Two layers with their shortcuts, [N,C,H,W] -> [N,C,H,W]."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.form = config.form
        self.layers = nn.ModuleList([Layer(config), Layer(config)])
        powers = 1 if config.form == 'block' else 2
        self.powers = nn.ModuleList(
            [Power() if config.power else nn.Identity() for _ in range(powers)]
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.form == 'block':
            first, second = self.layers
            x = first.snap(x)
            h = self.powers[0](F.relu(first(x)))
            return x + second(second.snap(h))
        for layer, power in zip(self.layers, self.powers):
            x = layer.snap(x)
            t = layer(x)
            x = power(F.relu(t + x if self.form == 'published' else t))
        return x


class AdderSR(nn.Module):
    """Luma y [N,1,H,W], code / 255, to [N,1,sH,sW], not clipped."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.head = nn.Conv2d(1, config.width, 5, padding=2)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.blocks)])
        self.snap = Snap()
        self.tail = nn.Conv2d(config.width, config.scale**2, 3, padding=1)
        self.bicubic = Bicubic(config.scale)
        nn.init.normal_(self.tail.weight, std=1e-2)
        nn.init.zeros_(self.tail.bias)

    def forward(self, y: Tensor) -> Tensor:
        x = F.relu(self.head(y))  # [N,C,H,W]
        # The kernels' own order, kept by everything in between.
        x = x.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            x = block(x)
        return F.pixel_shuffle(self.tail(self.snap(x)) + self.bicubic(y), self.config.scale)

    def adder_weights(self) -> list[nn.Parameter]:
        return [m.weight for m in self.modules() if isinstance(m, Adder2d)]

    def other_weights(self) -> list[nn.Parameter]:
        adder = {id(weight) for weight in self.adder_weights()}
        return [weight for weight in self.parameters() if id(weight) not in adder]
