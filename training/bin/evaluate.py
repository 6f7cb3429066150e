"""Scores a checkpoint on interp-bench, frame by frame as the app streams it.

    python3 -m bin.evaluate runs/bin-light/best.pt [--refinement runs/bin-light-refinement/best.pt] \\
        [--bench ../../shared/data/interp-bench] [--json quality.json]

Takes minutes to half an hour; --json keeps the means for bin.export. For reporting alone: nothing is trained or chosen on it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import pathlib
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from . import clips, motion, train
from .model import StreamingPyramid
from .refinement import Refinement, load_refinement

BENCH = train.TRAINING.parent.parent / 'shared' / 'data' / 'interp-bench'
# Steps on the first frame alone before a shot, and on the last one after it.
BEFORE, AFTER = 2, 2


def tensor(image: np.ndarray, shuffle: int) -> Tensor:
    """RGB codes [H, W, 3] -> [1, 3, h, w] in 0..1, padded to whole reshuffles by repetition."""
    h, w = image.shape[:2]
    padded = np.pad(image, ((0, -h % shuffle), (0, -w % shuffle), (0, 0)), 'edge')
    return torch.from_numpy(padded.astype(np.float32) / 255).permute(2, 0, 1)[None]


@torch.no_grad()
def stream(
    model: StreamingPyramid, shot: list[np.ndarray], finest: int, refinement: Refinement | None = None
) -> tuple[list, list]:
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
    between, sharp = [between for between, _ in wanted[:-1]], [sharp for _, sharp in wanted]
    if refinement is not None:
        between = [refined(refinement, *sharp[i : i + 2], between[i], shot[i], finest) for i in range(len(between))]
    return between, sharp


def refined(
    refinement: Refinement, before: np.ndarray, after: np.ndarray, between: np.ndarray, frame: np.ndarray, finest: int
) -> np.ndarray:
    """A new frame once more; all float codes [H, W, 3] but for `frame`, uint8, which `before` was made of."""
    h, w = between.shape[:2]
    seen = (np.rint(x).astype(np.uint8) for x in (before, after))
    pictures = (before, after, *motion.to_middle(*seen, finest), between, frame)
    made = refinement(*(tensor(x, refinement.net.shuffle) for x in pictures))
    return made[0, :, :h, :w].permute(1, 2, 0).clamp(0, 1).numpy() * 255


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    error = np.square(np.rint(a).astype(np.float64) - b).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Mean structural similarity of RGB codes over pixels and channels: Gaussian of 1.5 in 11x11, without borders."""
    a, b = np.rint(a).astype(np.float64), b.astype(np.float64)
    blur = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)[5:-5, 5:-5]
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    both = blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similar = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float((similar / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


def blurred_clip(path: pathlib.Path, exposure: clips.Exposure) -> tuple[list, list, list]:
    """(blurred frames, their sharp centres, the sharp frames between)."""
    frames = clips.read_clip(path)
    starts = range(0, len(frames) - exposure.window + 1, exposure.step)
    blurred = [clips.average(frames[s : s + exposure.window]) for s in starts]
    centres = [s + (exposure.window - 1) // 2 for s in starts]
    between = [frames[(a + b) // 2] for a, b in zip(centres, centres[1:])]
    return blurred, [frames[c] for c in centres], between


def mean_scores(made: list[np.ndarray], truth: list[np.ndarray]) -> tuple[float, float]:
    """(PSNR, SSIM), means over frames."""
    pairs = list(zip(made, truth))
    return float(np.mean([psnr(*pair) for pair in pairs])), float(np.mean([ssim(*pair) for pair in pairs]))


def blurred_clips(bench: pathlib.Path) -> Iterator[tuple[str, list, list, list]]:
    """Each clip's name and what `blurred_clip` gives of it."""
    with open(bench / 'blur' / 'index.tsv', newline='') as file:
        for row in csv.DictReader(file, delimiter='\t'):
            exposure = clips.Exposure(int(row['blur_window']), int(row['blur_step']))
            yield row['file'], *blurred_clip(bench / 'blur' / row['file'], exposure)


def triplets(folder: pathlib.Path) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Each triplet's name and its frames in order, RGB codes [H, W, 3]: the middle one is to be found."""
    for path in sorted(folder.iterdir()):
        names = ('frame10', 'frame10i11', 'frame11')
        yield path.name, *(cv2.imread(str(path / f'{name}.png'))[:, :, ::-1] for name in names)


def score_clips(
    model: StreamingPyramid, bench: pathlib.Path, finest: int, refinement: Refinement | None = None
) -> list[dict]:
    """For each blurred clip the scores of: input, deblurred frames, the warps' mean and the net between frames,
    and sharp frames that went through the net."""
    rows = []
    for name, blurred, sharp, between in blurred_clips(bench):
        made_between, made_sharp = stream(model, blurred, finest, refinement)
        warped = [sum(motion.to_middle(a, b, finest)) / 2 for a, b in zip(blurred, blurred[1:])]
        rows.append(
            {
                'name': name,
                'input': mean_scores(blurred, sharp),
                'sharp': mean_scores(made_sharp, sharp),
                'warped': mean_scores(warped, between),
                'between': mean_scores(made_between, between),
                'unharmed': mean_scores(stream(model, sharp, finest)[1], sharp),
            }
        )
    return rows


def score_triplets(
    model: StreamingPyramid, folder: pathlib.Path, finest: int, refinement: Refinement | None = None
) -> list[dict]:
    """For each triplet the scores of the warps' mean and of the net."""
    rows = []
    for name, a, truth, b in triplets(folder):
        warped = sum(motion.to_middle(a, b, finest)) / 2
        made = stream(model, [a, b], finest, refinement)[0]
        rows.append(
            {
                'name': name,
                'warped': mean_scores([warped], [truth]),
                'between': mean_scores(made, [truth]),
            }
        )
    return rows


def with_mean(rows: list[dict]) -> list[dict]:
    kinds = [kind for kind in rows[0] if kind != 'name']
    means = {kind: tuple(np.mean([row[kind] for row in rows], 0)) for kind in kinds}
    return [*rows, {'name': 'mean'} | means]


def score_all(
    model: StreamingPyramid, bench: pathlib.Path, finest: int, refinement: Refinement | None = None
) -> dict[str, list[dict]]:
    """Rows by data set, the mean last."""
    sets = {'blur': score_clips(model, bench, finest, refinement)}
    for name in ('middlebury', 'davis'):
        sets[name] = score_triplets(model, bench / name, finest, refinement)
    return {name: with_mean(rows) for name, rows in sets.items()}


def quality(scores: dict[str, list[dict]]) -> list[dict]:
    """The means that a manifest tells, of what score_all gives."""
    kinds = {'blur': ('between', 'sharp', 'unharmed'), 'middlebury': ('between',), 'davis': ('between',)}
    return [
        {
            'dataset': f'interp-bench {dataset}',
            'measure': kind,
            'psnr': round(float(scores[dataset][-1][kind][0]), 2),
            'ssim': round(float(scores[dataset][-1][kind][1]), 4),
        }
        for dataset, wanted in kinds.items()
        for kind in wanted
    ]


def hash_of(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def hash_of_files(paths: Sequence[pathlib.Path]) -> str:
    return hash_of(b''.join(path.read_bytes() for path in paths))


def write_quality(path: pathlib.Path, checkpoints: Sequence[pathlib.Path], scores: dict[str, list[dict]]) -> None:
    """Keeps the means with the hash of the checkpoints that have them: the pyramid's, and of its refinement."""
    told = {'checkpoint': hash_of_files(checkpoints), 'quality': quality(scores)}
    path.write_text(json.dumps(told, indent=2) + '\n')


def read_quality(path: pathlib.Path, checkpoints: Sequence[pathlib.Path]) -> list[dict]:
    """The means of checkpoints. Raises ValueError where they were measured on others."""
    told = json.loads(path.read_text())
    if told['checkpoint'] != hash_of_files(checkpoints):
        names = ', '.join(map(str, checkpoints))
        raise ValueError(f'Expected the scores of {names} in {path} but received those of another checkpoint')
    return told['quality']


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('--refinement', type=pathlib.Path, help='a checkpoint of bin.train_refinement')
    parser.add_argument('--bench', type=pathlib.Path, default=BENCH)
    parser.add_argument('--finest', type=int, default=0, help='finest scale of the motion search; the app takes 0')
    parser.add_argument('--json', type=pathlib.Path, help='where to keep the means for bin.export')
    options = parser.parse_args()
    if options.json and options.finest:
        parser.error('--json keeps what the app reaches, so with --finest 0 alone')
    model, record = train.load_model(options.checkpoint)
    print(f'{options.checkpoint}: {record["config"]["name"]} at {record["iteration"]}')
    refinement = load_refinement(options.refinement)[0] if options.refinement else None
    scores = score_all(model, options.bench, options.finest, refinement)
    for name, rows in scores.items():
        print(name)
        for row in rows:
            cells = [f'{kind} {value[0]:.2f} / {value[1]:.4f}' for kind, value in row.items() if kind != 'name']
            print(f'  {row["name"]:22}' + '  '.join(cells), flush=True)
    if options.json:
        write_quality(options.json, [options.checkpoint, *filter(None, [options.refinement])], scores)


if __name__ == '__main__':
    main()
