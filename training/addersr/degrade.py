"""What clips go through before a user has them, done to training pairs: mild blur, then H.264.

The low resolution luma is blurred a little and becomes a short clip that drifts by whole pixels, so
that predicted frames take part; x264 compresses it at a random quality, and one decoded frame takes
the place of the low resolution picture. High resolution stays as it was.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import pathlib
import shutil
import subprocess

import numpy as np

from . import data

FRAMES = 5
DRIFT = 2  # pixels a frame, at the most
MARGIN = FRAMES * DRIFT  # on every side
CRF = (16, 30)
BLUR = 0.7  # the largest sigma, low resolution pixels


def find_ffmpeg() -> str:
    """ffmpeg on the PATH, or the one in the app's node_modules."""
    carried = sorted((data.CACHE.parent.parent / 'node_modules').glob('@ffmpeg-installer/*/ffmpeg'))
    found = shutil.which('ffmpeg') or next(iter(map(str, carried)), None)
    if found is None:
        raise FileNotFoundError('ffmpeg is needed to compress clips: install it, or run npm ci')
    return found


def h264(frames: np.ndarray, crf: int, preset: str = 'medium') -> np.ndarray:
    """Luma codes uint8 [frames, h, w] through x264 and back; h and w even."""
    count, h, w = frames.shape
    clip = np.full((count, h * w * 3 // 2), 128, np.uint8)
    clip[:, : h * w] = frames.reshape(count, -1)
    ffmpeg = [find_ffmpeg(), '-hide_banner', '-loglevel', 'error', '-threads', '1']
    raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', f'{w}x{h}', '-r', '25']
    quality = ['-c:v', 'libx264', '-preset', preset, '-crf', str(crf), '-threads', '1']
    encode = [*ffmpeg, *raw, '-i', 'pipe:0', *quality, '-f', 'h264', 'pipe:1']
    coded = subprocess.run(encode, input=clip.tobytes(), capture_output=True, check=True).stdout
    decode = [*ffmpeg, '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1']
    plain = subprocess.run(decode, input=coded, capture_output=True, check=True).stdout
    return np.frombuffer(plain, np.uint8).reshape(count, -1)[:, : h * w].reshape(count, h, w)


def blurred(plane: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of [h, w], borders repeated."""
    if sigma < 0.15:
        return plane.astype(np.float64)
    taps = np.exp(-(np.arange(-3, 4) ** 2) / (2 * sigma**2))
    taps /= taps.sum()
    for axis in (0, 1):
        padded = np.pad(plane, [(3, 3) if a == axis else (0, 0) for a in (0, 1)], mode='edge')
        n = plane.shape[axis]
        plane = sum(t * np.take(padded, range(i, i + n), axis) for i, t in enumerate(taps))
    return plane


def degrade(pair: data.Pair, scale: int, random: np.random.Generator) -> data.Pair:
    """A pair whose low resolution went through blur and compression; MARGIN pixels are cut off."""
    sigma = random.uniform(0, BLUR) if random.random() < 0.6 else 0.0
    low = np.clip(np.rint(blurred(pair.low / data.STEPS, sigma)), 0, 255).astype(np.uint8)
    h, w = ((size - 2 * MARGIN) // 2 * 2 for size in low.shape)
    step = random.integers(-DRIFT, DRIFT + 1, 2)
    corners = MARGIN + step * np.arange(-(FRAMES // 2), FRAMES // 2 + 1)[:, None]
    clip = np.stack([low[y : y + h, x : x + w] for y, x in corners])
    kept = int(random.integers(FRAMES))
    crf = int(random.integers(CRF[0], CRF[1] + 1))
    y, x = corners[kept]
    high = pair.high[y * scale : (y + h) * scale, x * scale : (x + w) * scale]
    coded = h264(clip, crf)[kept].astype(np.uint16) * data.STEPS
    return data.Pair(f'{pair.name} crf{crf} blur{sigma:.1f}', coded, high)


def degraded(pairs: list[data.Pair], scale: int, versions: int, seed: int) -> list[data.Pair]:
    """`versions` degraded versions of each pair, kept in training/build."""
    words = '\n'.join(pair.name for pair in pairs) + f'{versions} {seed} {CRF} {BLUR} {FRAMES} {DRIFT}'
    key = hashlib.sha256(words.encode()).hexdigest()[:12]
    cache = data.CACHE / f'degraded-{key}-x{scale}.npz'
    if cache.exists():
        return data.read_pairs(cache)
    jobs = [(pair, np.random.default_rng([seed, i])) for i, pair in enumerate(pairs * versions)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda job: degrade(job[0], scale, job[1]), jobs))
    data.write_pairs(cache, made)
    return made
