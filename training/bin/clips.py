"""Real clips in memory, and stretches of blurred frames with their sharp truth from them."""

from __future__ import annotations

import dataclasses
import pathlib

import cv2
import numpy as np


@dataclasses.dataclass(frozen=True)
class Clip:
    """frames: uint8 RGB [T, H, W, 3]. sharp: whether its moving parts are free of blur of their own."""

    name: str
    frames: np.ndarray
    sharp: bool = True


def read_clip(path: pathlib.Path) -> np.ndarray:
    """A video file, or a folder of numbered pictures, as uint8 RGB [T, H, W, 3]."""
    if path.is_dir():
        frames = [cv2.imread(str(file)) for file in sorted((path / 'frames').glob('*.jpg'))]
    else:
        capture, frames = cv2.VideoCapture(str(path)), []
        while True:
            there, frame = capture.read()
            if not there:
                break
            frames.append(frame)
    if not frames:
        raise ValueError(f'no frames in {path}')
    return np.stack([frame[:, :, ::-1] for frame in frames])


def load_clips(roots: list[pathlib.Path], names: list[str], blurred: list[str]) -> list[Clip]:
    """The named clips from whichever root has them; those in `blurred` count as not sharp."""
    clips = []
    for name in names:
        paths = [path for root in roots for path in (root / f'{name}.mp4', root / name) if path.exists()]
        if not paths:
            raise FileNotFoundError(f'no clip {name} in {[str(root) for root in roots]}')
        clips.append(Clip(name, read_clip(paths[0]), name not in blurred))
    return clips


@dataclasses.dataclass(frozen=True)
class Exposure:
    """Blurred frame k is the mean of frames k step ... k step + window - 1. step even, window odd."""

    window: int
    step: int

    def span(self, count: int) -> int:
        """Frames needed for `count` blurred ones."""
        return (count - 1) * self.step + self.window


def average(frames: np.ndarray) -> np.ndarray:
    """Mean of uint8 frames [W, H, W, 3] in stored values, rounded."""
    return np.floor(frames.mean(0, dtype=np.float32) + 0.5).astype(np.uint8)
