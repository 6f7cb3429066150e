"""PSNR and SSIM on luma, as the field measures them.

    python3 -m addersr.evaluate CHECKPOINT --data ../../shared/data/sr-bench [--integer]

BT.601 luma in 16 to 235 from RGB, unrounded; `scale` border pixels cut off; peak 255; SSIM with an
11x11 Gaussian window of sigma 1.5 inside the picture. The output is clipped to 0..255, not rounded.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .data import Pair, load_benchmark, to_tensor


def psnr(a: Tensor, b: Tensor) -> float:
    """Of two planes in codes."""
    return float(-10 * torch.log10(((a - b).double() ** 2).mean() / 255**2))


def ssim(a: Tensor, b: Tensor) -> float:
    """Of two planes [1, 1, H, W] in codes (Wang et al. 2004), borders left out."""
    axis = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = torch.outer(axis, axis)[None, None] / axis.sum() ** 2
    mean = lambda t: F.conv2d(t, window)
    a, b = a.double(), b.double()
    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    score = (2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    return float(score.mean())


def compare(output: Tensor, high: Tensor, border: int) -> tuple[float, float]:
    """(PSNR, SSIM) of an output against the truth, both code / 255, [1, 1, H, W]."""
    inner = (..., slice(border, -border), slice(border, -border))
    a, b = (output.clamp(0, 1) * 255)[inner], (high * 255)[inner]
    return psnr(a, b), ssim(a, b)


@torch.no_grad()
def score(upscale: Callable[[Tensor], Tensor], pairs: list[Pair], scale: int) -> dict:
    """Mean PSNR and SSIM over a set, and each picture's."""
    rows = {}
    for pair in pairs:
        output = upscale(to_tensor(pair.low)[None])
        rows[pair.name] = compare(output, to_tensor(pair.high)[None], scale)
    mean = [sum(row[i] for row in rows.values()) / len(rows) for i in (0, 1)]
    return {'psnr': mean[0], 'ssim': mean[1], 'pictures': rows}


@torch.no_grad()
def crops_psnr(upscale: Callable[[Tensor], Tensor], crops: tuple[Tensor, Tensor], border: int) -> float:
    """Mean PSNR over held-back crops: what checkpoints are chosen by."""
    inner = (..., slice(border, -border), slice(border, -border))
    total = 0.0
    for low, high in zip(crops[0].split(8), crops[1].split(8)):
        output = upscale(low).clamp(0, 1)
        error = ((output - high)[inner].double() ** 2).flatten(1).mean(1)
        total += float((-10 * torch.log10(error)).sum())
    return total / len(crops[0])


def main() -> None:
    from . import quantize, train
    from .config import make_config

    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('--data', type=pathlib.Path, default='../../shared/data/sr-bench')
    parser.add_argument('--sets', nargs='+', default=['Set5', 'Set14'])
    parser.add_argument('--integer', action='store_true', help='the simulated 8-bit model too')
    options = parser.parse_args()

    model, record = train.load_model(options.checkpoint)
    upscalers = {'bicubic': bicubic_of(model), 'float32': model}
    if options.integer:
        crops = quantize.crops_of(make_config(record['config']))
        upscalers['uint8'] = quantize.quantize(model, crops).upscale
    for name in options.sets:
        pairs = load_benchmark(options.data / name, model.config.scale)
        for kind, upscale in upscalers.items():
            result = score(upscale, pairs, model.config.scale)
            print(f"{name:6} x{model.config.scale} {kind:8} {result['psnr']:.3f} {result['ssim']:.4f}")


def bicubic_of(model) -> Callable[[Tensor], Tensor]:
    return lambda y: F.pixel_shuffle(model.bicubic(y), model.config.scale)


if __name__ == '__main__':
    main()
