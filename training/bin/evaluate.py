"""Scores a checkpoint on interp-bench, frame by frame as the app streams it.

    python3 -m bin.evaluate runs/bin-light/best.pt [--bench ../../shared/data/interp-bench]

For reporting alone: nothing is trained or chosen on it.
"""

from __future__ import annotations

import argparse
import csv
import pathlib

import cv2
import numpy as np
import torch
from torch import Tensor

from . import clips, motion, train
from .model import StreamingPyramid

BENCH = train.TRAINING.parent.parent / 'shared' / 'data' / 'interp-bench'
# Steps on the first frame alone before a shot, and on the last one after it.
BEFORE, AFTER = 2, 2


def tensor(image: np.ndarray, shuffle: int) -> Tensor:
    """RGB codes [H, W, 3] -> [1, 3, h, w] in 0..1, padded to whole reshuffles by repetition."""
    h, w = image.shape[:2]
    padded = np.pad(image, ((0, -h % shuffle), (0, -w % shuffle), (0, 0)), 'edge')
    return torch.from_numpy(padded.astype(np.float32) / 255).permute(2, 0, 1)[None]


@torch.no_grad()
def stream(model: StreamingPyramid, shot: list[np.ndarray], finest: int) -> tuple[list, list]:
    """RGB uint8 frames of a shot -> (frames between, frames made sharp), float codes [H, W, 3]."""
    shuffle = model.config.backbone.shuffle
    h, w = shot[0].shape[:2]
    order = [shot[0]] * BEFORE + shot + [shot[-1]] * AFTER
    state = model.start(tensor(shot[0], shuffle))
    results = []
    for a, b in zip(order, order[1:]):
        warps = (a, b) if a is b else motion.to_middle(a, b, finest)
        pair = tuple(tensor(x, shuffle) for x in warps)
        between, sharp, state = model.step(tensor(a, shuffle), tensor(b, shuffle), pair, state)
        results.append([x[0, :, :h, :w].permute(1, 2, 0).clamp(0, 1).numpy() * 255 for x in (between, sharp)])
    # Step i took frame order[i + 1], so frame j = i + 1 - BEFORE of the shot; it gives instants of j - 2.
    first = BEFORE + 1
    wanted = results[first : first + len(shot)]
    return [between for between, _ in wanted[:-1]], [sharp for _, sharp in wanted]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    error = np.square(np.rint(a).astype(np.float64) - b).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def blurred_clip(path: pathlib.Path, exposure: clips.Exposure) -> tuple[list, list, list]:
    """(blurred frames, their sharp centres, the sharp frames between)."""
    frames = clips.read_clip(path)
    starts = range(0, len(frames) - exposure.window + 1, exposure.step)
    blurred = [clips.average(frames[s : s + exposure.window]) for s in starts]
    centres = [s + (exposure.window - 1) // 2 for s in starts]
    between = [frames[(a + b) // 2] for a, b in zip(centres, centres[1:])]
    return blurred, [frames[c] for c in centres], between


def score_clips(model: StreamingPyramid, bench: pathlib.Path, finest: int) -> list[dict]:
    rows = []
    with open(bench / 'blur' / 'index.tsv', newline='') as file:
        index = list(csv.DictReader(file, delimiter='\t'))
    for row in index:
        exposure = clips.Exposure(int(row['blur_window']), int(row['blur_step']))
        blurred, sharp, between = blurred_clip(bench / 'blur' / row['file'], exposure)
        made_between, made_sharp = stream(model, blurred, finest)
        warped = [sum(motion.to_middle(a, b, finest)) / 2 for a, b in zip(blurred, blurred[1:])]
        sharp_in = stream(model, sharp, finest)[1]
        mean = lambda a, b: float(np.mean([psnr(x, y) for x, y in zip(a, b)]))
        rows.append({
            'clip': row['file'], 'input': mean(blurred, sharp), 'deblurred': mean(made_sharp, sharp),
            'warped': mean(warped, between), 'between': mean(made_between, between),
            'sharp input': mean(sharp_in, sharp),
        })
    return rows


def score_triplets(model: StreamingPyramid, folder: pathlib.Path, finest: int) -> list[dict]:
    rows = []
    for path in sorted(folder.iterdir()):
        a, truth, b = (cv2.imread(str(path / f'{n}.png'))[:, :, ::-1] for n in ('frame10', 'frame10i11', 'frame11'))
        made = stream(model, [a, b], finest)[0][0]
        rows.append({'clip': path.name, 'warped': psnr(sum(motion.to_middle(a, b, finest)) / 2, truth),
                     'between': psnr(made, truth)})
    return rows


def show(title: str, rows: list[dict]) -> None:
    names = [name for name in rows[0] if name != 'clip']
    mean = {'clip': 'mean'} | {name: float(np.mean([row[name] for row in rows])) for name in names}
    print(title)
    for row in [*rows, mean]:
        print(f'  {row["clip"]:24}' + '  '.join(f'{name} {row[name]:.2f}' for name in names), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('--bench', type=pathlib.Path, default=BENCH)
    parser.add_argument('--finest', type=int, default=1, help="finest scale of the motion search")
    options = parser.parse_args()
    model, record = train.load_model(options.checkpoint)
    print(f'{options.checkpoint}: {record["config"]["name"]} at {record["iteration"]}')
    show('blurred clips', score_clips(model, options.bench, options.finest))
    for name in ('middlebury', 'davis'):
        show(name, score_triplets(model, options.bench / name, options.finest))


if __name__ == '__main__':
    main()
