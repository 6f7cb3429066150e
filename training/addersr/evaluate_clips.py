"""PSNR on real clips that were halved and compressed: what a restoring net is for.

    python3 -m addersr.evaluate_clips CHECKPOINT ... --clips ../../shared/data/video/*.mp4

Luma of each clip is the truth; reduced bicubically, through x264 at each CRF (none: only reduced),
enlarged again. Mean PSNR over the frames taken, `scale` border pixels cut off.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess

import numpy as np
import torch

from . import data, degrade, evaluate, train


def read_luma(path: pathlib.Path, frames: int) -> np.ndarray:
    """Luma codes of the first frames, uint8 [frames, h, w]."""
    ffmpeg = [degrade.find_ffmpeg(), '-hide_banner', '-loglevel', 'error', '-i', str(path)]
    pgm = ['-frames:v', str(frames), '-vf', 'extractplanes=y', '-f', 'image2pipe', '-c:v', 'pgm', '-']
    stream = subprocess.run(ffmpeg + pgm, capture_output=True, check=True).stdout
    planes = []
    while stream:
        _, size, _, rest = stream.split(b'\n', 3)
        w, h = map(int, size.split())
        planes.append(np.frombuffer(rest[: w * h], np.uint8).reshape(h, w))
        stream = rest[w * h :]
    return np.stack(planes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoints', type=pathlib.Path, nargs='+')
    parser.add_argument('--clips', type=pathlib.Path, nargs='+', required=True)
    parser.add_argument('--crf', nargs='+', default=['none', '18', '23', '28'])
    parser.add_argument('--frames', type=int, default=25)
    parser.add_argument('--every', type=int, default=6, help='score one frame of so many')
    options = parser.parse_args()
    torch.set_num_threads(1)

    models = {path.stem: train.load_model(path)[0] for path in options.checkpoints}
    first = next(iter(models.values()))
    scale = first.config.scale
    upscalers = {'bicubic': evaluate.bicubic_of(first)} | models
    totals = {crf: {name: [] for name in upscalers} for crf in options.crf}
    for path in options.clips:
        truth = read_luma(path, options.frames)
        h, w = (size // (2 * scale) * 2 * scale for size in truth.shape[1:])
        truth = truth[:, :h, :w]
        low = np.stack([data.reduce_bicubic(frame[..., None], scale)[..., 0] for frame in truth])
        for crf in options.crf:
            coded = low if crf == 'none' else degrade.h264(low, int(crf))
            for i in range(options.every // 2, len(truth), options.every):
                high = torch.from_numpy(truth[i].astype(np.float32) / 255)[None, None]
                y = torch.from_numpy(coded[i].astype(np.float32) / 255)[None, None]
                for name, upscale in upscalers.items():
                    with torch.no_grad():
                        score, _ = evaluate.compare(upscale(y), high, scale)
                    totals[crf][name].append(score)
    for crf, rows in totals.items():
        cells = ', '.join(f'{name} {np.mean(scores):.2f}' for name, scores in rows.items())
        print(f'crf {crf}: {cells} ({len(next(iter(rows.values())))} frames)')


if __name__ == '__main__':
    main()
