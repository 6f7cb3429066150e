"""What stands between a stride-1 depthwise convolution and its subsampling by two.

`DynamicFilter` is the content-aware low-pass filter of Zou et al., "Delving Deeper into Anti-aliasing in
ConvNets", BMVC 2020 (arXiv 2008.09604): every place of every channel group gets its own k x k filter, a softmax
over taps. Departures: the softmax runs within each group (so that the filter has gain 1), and everything is
evaluated at the places that the subsampling keeps. `Blur` is the fixed binomial filter of Zhang, "Making
Convolutional Networks Shift-Invariant Again", ICML 2019 (arXiv 1904.11486).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DOMAIN = 'clearcut'
# Logit of a new filter's centre tap over the others: 95 % of the weight lies on it, and gradients still pass.
CENTRE_LOGIT = 5.0


def dynamic_filter(x: Tensor, logits: Tensor, groups: int, kernel: int, stride: int) -> Tensor:
    """x [n,C,H,W], logits [n, groups k k, H', W'] -> [n,C,H',W'] with H' = ceil(H / stride).

    y[c,i,j] = sum over taps of softmax(logits[G(c), :, i, j]) x[c, i stride + p, j stride + q], G(c) =
    floor(c / (C / groups)), p and q from -k//2 to k//2, x reflected at its borders.
    """
    n, channels, _, _ = x.shape
    height, width = logits.shape[-2:]
    weights = logits.view(n, groups, 1, kernel * kernel, height, width).softmax(3).to(x.dtype)
    padded = F.pad(x, [kernel // 2] * 4, mode='reflect').view(n, groups, channels // groups, -1, x.shape[-1] + kernel - 1)
    total = None
    for tap in range(kernel * kernel):
        p, q = divmod(tap, kernel)
        rows = slice(p, p + stride * (height - 1) + 1, stride)
        columns = slice(q, q + stride * (width - 1) + 1, stride)
        part = padded[..., rows, columns] * weights[:, :, :, tap]
        total = part if total is None else total + part
    return total.view(n, channels, height, width)


class ExportedFilter(torch.autograd.Function):
    """`dynamic_filter` as one node of the ONNX graph; what it computes while it is traced is of the right shape only."""

    @staticmethod
    def forward(_, x: Tensor, logits: Tensor, groups: int, kernel: int, stride: int) -> Tensor:
        return x[..., ::stride, ::stride] + logits.mean()

    @staticmethod
    def symbolic(graph, x, logits, groups: int, kernel: int, stride: int):
        return graph.op(f'{DOMAIN}::DynamicFilter2d', x, logits, groups_i=groups, kernel_i=kernel, stride_i=stride)


class DynamicFilter(nn.Module):
    """[n,C,H,W] -> [n,C,H/2,W/2]; the logits come from a depthwise separable convolution of the input.

    The published logits need a full convolution, C k k g k k multiply-adds a place: more than the rest of a
    mobile network. Starts as (almost) a copy of every second place.
    """

    def __init__(self, channels: int, groups: int = 8, kernel: int = 3):
        super().__init__()
        self.groups, self.kernel, self.stride = groups, kernel, 2
        self.spread = nn.Conv2d(channels, channels, kernel, self.stride, kernel // 2, groups=channels, bias=False)
        self.logits = nn.Conv2d(channels, groups * kernel * kernel, 1)
        nn.init.zeros_(self.logits.weight)
        bias = torch.zeros(groups, kernel * kernel)
        bias[:, kernel * kernel // 2] = CENTRE_LOGIT
        self.logits.bias.data.copy_(bias.flatten())

    def forward(self, x: Tensor) -> Tensor:
        logits = self.logits(self.spread(x)).float()
        apply = ExportedFilter.apply if torch.onnx.is_in_onnx_export() else dynamic_filter
        return apply(x, logits, self.groups, self.kernel, self.stride)


class Blur(nn.Module):
    """[n,C,H,W] -> [n,C,H/2,W/2] by the binomial filter [1 2 1]^2 / 16 centred on even places."""

    def __init__(self, channels: int):
        super().__init__()
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        self.register_buffer('weight', torch.outer(row, row).repeat(channels, 1, 1, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        around = F.pad(x, [1, 1, 1, 1], mode='reflect')
        return F.conv2d(around, self.weight.to(x.dtype), stride=2, groups=len(self.weight))


FILTERS = {'blur': Blur, 'adaptive': DynamicFilter}
