"""From masks of pixels to what the contour networks learn: boxes, extreme points, contours of 128 points."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from .geometry import CONTOUR_POINTS

EXTREME_BAND = 0.02  # of the side: points so near the utmost one count as utmost too (Deep Snake's released code)
LARGEST_SHARE = 0.8  # of the area, below which one contour doesn't tell the object's shape
SMALLEST_SIDE = 12.0  # pixels; smaller boxes teach the heatmap alone


@dataclasses.dataclass(frozen=True)
class Outline:
    """contour float32 [128, 2], extremes float32 [4, 2] top, left, bottom, right; share: of the mask's area in it."""

    contour: np.ndarray
    extremes: np.ndarray
    share: float


def box_of(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    """x0, y0, x1, y1 (past the last pixel) of a mask [h, w], or None where it is empty."""
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    return (x, y, x + w, y + h) if w and h else None


def signed_area(polygon: np.ndarray) -> float:
    """Of [V, 2] with y downward: negative where it runs top, left, bottom, right."""
    x, y = polygon[:, 0].astype(np.float64), polygon[:, 1].astype(np.float64)
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _corners(mask: np.ndarray) -> np.ndarray:
    """Pixels [h, w] as blocks on the grid of their corners at half-pixel steps: [2 h + 1, 2 w + 1]."""
    h, w = mask.shape
    double = np.zeros((2 * h + 1, 2 * w + 1), np.uint8)
    double[: 2 * h, : 2 * w] = cv2.resize(mask, (2 * w, 2 * h), interpolation=cv2.INTER_NEAREST)
    return cv2.dilate(double, np.ones((2, 2), np.uint8), anchor=(1, 1))


def extreme_points(contour: np.ndarray) -> np.ndarray:
    """Top, left, bottom, right of a dense contour [V, 2]: the middle of the stretch within 2 % of the utmost point."""
    found = []
    for axis, sign in ((1, 1), (0, 1), (1, -1), (0, -1)):
        value = contour[:, axis] * sign
        first = int(value.argmin())
        near = np.roll(value - value[first] <= EXTREME_BAND * np.ptp(value), -first)
        if near.all():
            chosen = contour
        else:
            ahead, behind = int(near.argmin()), int(near[::-1].argmin())
            chosen = contour[np.arange(first - behind, first + ahead) % len(contour)]
        across = chosen[:, 1 - axis]
        point = np.empty(2, np.float32)
        point[axis], point[1 - axis] = contour[first, axis], (across.min() + across.max()) / 2
        found.append(point)
    return np.stack(found)


def resample(contour: np.ndarray, count: int = CONTOUR_POINTS) -> np.ndarray:
    """geometry.resample for one contour in numpy: closed [V, 2] -> float32 [count, 2]."""
    closed = np.concatenate([contour, contour[:1]]).astype(np.float64)
    ends = np.concatenate([[0], np.hypot(*np.diff(closed, axis=0).T).cumsum()])
    targets = ends[-1] * np.arange(count) / count
    return np.stack([np.interp(targets, ends, closed[:, i]) for i in (0, 1)], 1).astype(np.float32)


def outline_of(mask: np.ndarray) -> Outline | None:
    """The outline of the largest part of a mask (uint8 or bool [h, w]), along the pixels' outer edges.

    None where the mask is empty.
    """
    box = box_of(mask)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    part = np.ascontiguousarray(mask[y0:y1, x0:x1]).astype(np.uint8)
    contours = cv2.findContours(_corners(part), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[-2]
    dense = max(contours, key=cv2.contourArea)
    filled = np.zeros((2 * part.shape[0] + 1, 2 * part.shape[1] + 1), np.uint8)
    cv2.drawContours(filled, [dense], 0, 1, cv2.FILLED)
    inner = filled[1::2, 1::2]  # a pixel's centre
    share = float((part.astype(bool) & inner.astype(bool)).sum() / max(1, np.count_nonzero(part)))
    points = dense[:, 0].astype(np.float32) / 2 + np.array([x0, y0], np.float32)
    if signed_area(points) > 0:
        points = points[::-1]
    extremes = extreme_points(points)
    first = int(np.square(points - extremes[0]).sum(1).argmin())
    return Outline(resample(np.roll(points, -first, 0)), extremes, share)
