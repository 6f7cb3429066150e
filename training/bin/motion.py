"""Frames warped to the middle between them by dense inverse search, as the app's kernel does it.

Flow from frame 0 to frame 1 is inverted to the middle by fixed-point steps (kernels/README.md).
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

# One thread: a pool made before workers are forked would leave them waiting for threads they don't have.
cv2.setNumThreads(1)

STEPS = 3  # fixed-point steps of the inversion


@functools.lru_cache(maxsize=None)
def estimator(finest_scale: int) -> cv2.DISOpticalFlow:
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(finest_scale)
    return search


@functools.lru_cache(maxsize=8)
def grid(height: int, width: int) -> np.ndarray:
    """Pixel positions (x, y), float32 [H, W, 2]."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)


def flow_at_middle(flow: np.ndarray) -> np.ndarray:
    """At each pixel x of the middle frame the flow of the point p that passes there: x = p + flow(p) / 2."""
    positions = grid(*flow.shape[:2])
    at = flow
    for _ in range(STEPS):
        at = cv2.remap(flow, positions - 0.5 * at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return at


def warp(frame: np.ndarray, displacement: np.ndarray) -> np.ndarray:
    """frame sampled at x + displacement(x), cubic, borders repeated."""
    at = grid(*displacement.shape[:2]) + displacement
    return cv2.remap(frame, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def to_middle(previous: np.ndarray, following: np.ndarray, finest_scale: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """RGB uint8 [H, W, 3] twice -> the two warped to the middle, float32 codes; each the mean of two warps."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (previous, following)]
    search = estimator(finest_scale)
    forth = flow_at_middle(search.calc(grey[0], grey[1], None))
    back = flow_at_middle(search.calc(grey[1], grey[0], None))
    return (
        (warp(previous, -0.5 * forth).astype(np.float32) + warp(previous, 0.5 * back)) / 2,
        (warp(following, 0.5 * forth).astype(np.float32) + warp(following, -0.5 * back)) / 2,
    )
