"""AdderNet's layer as a PyTorch module (Chen et al., CVPR 2020, arXiv 1912.13200).

The C++ kernels of training/kernels run where the shape allows, on the CPU or on an NVIDIA GPU;
elsewhere (odd channel counts, no compiler) the same formulas run as chunked PyTorch.
"""

from __future__ import annotations

import functools
import pathlib
import warnings
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KERNELS = pathlib.Path(__file__).resolve().parent.parent / 'kernels'
BUILD = KERNELS.parent / 'build'

# Terms |x - f| held at once by the PyTorch version.
CHUNK = 1 << 26


@functools.lru_cache(maxsize=None)
def native_kernels():
    """The compiled kernels, or None where they can't be built."""
    try:
        from torch.utils import cpp_extension

        BUILD.mkdir(exist_ok=True)
        return cpp_extension.load(
            'clearcut_adder2d',
            [str(path) for path in sorted(KERNELS.glob('*.cc'))],
            extra_cflags=['-O3', '-march=native', '-fno-math-errno', '-fno-trapping-math'],
            build_directory=str(BUILD),
        )
    except (ImportError, OSError, RuntimeError) as error:
        warnings.warn(f'adder kernels not built, plain PyTorch instead: {error}')
        return None


@functools.lru_cache(maxsize=None)
def cuda_kernels():
    """The compiled kernels for the GPU that is there, or None where they can't be built."""
    try:
        from torch.utils import cpp_extension

        build = BUILD / 'cuda'
        build.mkdir(parents=True, exist_ok=True)
        return cpp_extension.load(
            'clearcut_adder2d_cuda',
            [str(KERNELS / 'adder2d_cuda.cpp'), str(KERNELS / 'adder2d_cuda.cu')],
            extra_cflags=['-O2'],
            extra_cuda_cflags=['-O3'],
            build_directory=str(build),
        )
    except (ImportError, OSError, RuntimeError) as error:
        warnings.warn(f'adder kernels for the GPU not built, plain PyTorch instead: {error}')
        return None


def runs_native(x: Tensor, f: Tensor) -> bool:
    """Whether the C++ kernels of x's device take these operands."""
    kernels = {'cpu': native_kernels, 'cuda': cuda_kernels}.get(x.device.type)
    fits = (
        kernels is not None
        and x.dtype == f.dtype == torch.float32
        and x.shape[1] % 16 == 0
        and f.shape[0] % 16 == 0
        and f.shape[2] == f.shape[3]
        and f.shape[2] % 2 == 1
    )
    return fits and kernels() is not None


def columns(x: Tensor, f: Tensor) -> Tensor:
    """The windows of x under f, zero padded: [N, Cin k k, H W]."""
    return F.unfold(x, f.shape[2:], padding=(f.shape[2] // 2, f.shape[3] // 2))


def adder_forward(x: Tensor, f: Tensor) -> Tensor:
    """Y = -sum |X - F| by the formula. x [N,Cin,H,W], f [Cout,Cin,k,k] -> [N,Cout,H,W]."""
    n, _, h, w = x.shape
    windows, filters = columns(x, f).unsqueeze(1), f.flatten(1)[:, :, None]
    step = max(1, CHUNK // windows.numel())
    parts = [-(windows - part).abs().sum(2) for part in filters.split(step)]
    return torch.cat(parts, 1).view(n, f.shape[0], h, w)


def adder_backward(x: Tensor, f: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
    """dX = sum clip(F - X, +-1) dY and dF = sum (X - F) dY by the formulas."""
    windows, filters, flat = columns(x, f).unsqueeze(1), f.flatten(1)[:, :, None], dy.flatten(2)
    step = max(1, CHUNK // windows.numel())
    d_windows = torch.zeros_like(windows[:, 0])
    d_filters = []
    for part, g in zip(filters.split(step), flat.split(step, 1)):
        difference = windows - part
        g = g.unsqueeze(2)
        d_filters.append((difference * g).sum((0, 3)))
        d_windows -= (difference.clamp_(-1, 1) * g).sum(1)
    padding = (f.shape[2] // 2, f.shape[3] // 2)
    dx = F.fold(d_windows, x.shape[2:], f.shape[2:], padding=padding)
    return dx, torch.cat(d_filters).view_as(f)


def filter_gradient_cuda(x: Tensor, f: Tensor, dy: Tensor) -> Tensor:
    """dF = sum (X - F) dY: a convolution's weight gradient, on tensor cores in TF32, less F sum dY."""
    radius = f.shape[2] // 2
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = True
    try:
        _, products, _ = torch.ops.aten.convolution_backward(
            dy, x, f, None, [1, 1], [radius] * 2, [1, 1], False, [0, 0], 1, [False, True, False]
        )
    finally:
        torch.backends.cudnn.allow_tf32 = before
    # Zero padding takes part in every window, so the sum is over all of dY.
    return torch.addcmul(products, f, dy.sum((0, 2, 3)).view(-1, 1, 1, 1), value=-1)


class Adder2dFunction(torch.autograd.Function):
    """The layer with AdderNet's own gradients, which are not those of the forward formula."""

    @staticmethod
    def forward(ctx, x: Tensor, f: Tensor, exact: bool) -> Tensor:
        ctx.exact = exact
        if not runs_native(x, f):
            ctx.save_for_backward(x, f)
            return adder_forward(x, f)
        x = x.contiguous(memory_format=torch.channels_last)
        if x.is_cuda:
            f = f.contiguous(memory_format=torch.channels_last)
            ctx.save_for_backward(x, f)
            return cuda_kernels().forward(x, f)
        ctx.save_for_backward(x, f)
        return native_kernels().forward(x, f.contiguous(), exact)

    @staticmethod
    def backward(ctx, dy: Tensor):
        x, f = ctx.saved_tensors
        if not runs_native(x, f):
            return (*adder_backward(x, f, dy), None)
        dy = dy.contiguous(memory_format=torch.channels_last)
        if x.is_cuda:
            dx = cuda_kernels().input_gradient(x, f, dy)
            return dx, filter_gradient_cuda(x, f, dy), None
        return (*native_kernels().backward(x, f.contiguous(), dy, ctx.exact), None)


class Adder2d(nn.Module):
    """-sum |x - f| over a k x k x Cin window, stride 1, zero padding that keeps the size.

    `exact` asks for 32-bit float arithmetic; otherwise the kernels may work on a 16-bit grid.
    """

    def __init__(self, channels_in: int, channels_out: int, kernel: int = 3, exact: bool = False):
        super().__init__()
        self.exact = exact
        self.weight = nn.Parameter(torch.randn(channels_out, channels_in, kernel, kernel))

    def forward(self, x: Tensor, filters: Callable[[Tensor], Tensor] = lambda f: f) -> Tensor:
        """filters: what becomes of the filters before they are used."""
        return Adder2dFunction.apply(x, filters(self.weight), self.exact)
