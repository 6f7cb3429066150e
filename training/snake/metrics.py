"""Scores of masks: IoU, Boundary IoU, COCO's average precision with either, flicker. Masks are bool [h, w].

Average precision follows COCO's evaluation: thresholds .5 … .95, 101 recalls, crowds neither found nor missed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
MOST_DETECTIONS = 100  # of a class in a picture
BOUNDARY_RATIO = 0.02  # of the picture's diagonal (Boundary IoU, CVPR 2021, 2103.16562)


@dataclasses.dataclass(frozen=True)
class Truth:
    class_index: int
    mask: np.ndarray
    crowd: bool = False


@dataclasses.dataclass(frozen=True)
class Detection:
    class_index: int
    score: float
    mask: np.ndarray


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Of two masks; 1 where both are empty."""
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def boundary(mask: np.ndarray, ratio: float = BOUNDARY_RATIO) -> np.ndarray:
    """The pixels of a mask within d = max(1, round(ratio · diagonal)) of what is outside it, the picture's edge too."""
    h, w = mask.shape
    d = max(1, round(ratio * float(np.hypot(h, w))))
    padded = np.pad(mask.astype(np.uint8), 1)
    # d erosions by 3 × 3 are one by (2 d + 1) × (2 d + 1).
    inner = cv2.erode(padded, np.ones((2 * d + 1, 2 * d + 1), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return mask & ~inner[1:-1, 1:-1].astype(bool)


def boundary_iou(a: np.ndarray, b: np.ndarray, ratio: float = BOUNDARY_RATIO) -> float:
    return iou(boundary(a, ratio), boundary(b, ratio))


def union_of(masks: Iterable[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    """One mask of them all; size: (height, width) where there are none."""
    whole = np.zeros(size, bool)
    for mask in masks:
        whole |= mask
    return whole


def overlaps(found: np.ndarray, truths: np.ndarray, crowd: np.ndarray) -> np.ndarray:
    """IoU of every pair, float64 [D, G]; with a crowd the share of what was found.

    found, truths: bool [D, P], [G, P] of P pixels; crowd: bool [G].
    """
    found, truths = found.astype(np.float32), truths.astype(np.float32)
    shared = (found @ truths.T).astype(np.float64)
    sizes = found.sum(1)[:, None].astype(np.float64)
    whole = np.where(crowd[None], sizes, sizes + truths.sum(1)[None] - shared)
    return shared / np.maximum(whole, 1)


def mask_overlaps(detections: Sequence[Detection], truths: Sequence[Truth]) -> dict[str, np.ndarray]:
    """'mask': IoU; 'boundary': the lesser of IoU and Boundary IoU, but for crowds. Each [D, G]."""
    crowd = np.array([truth.crowd for truth in truths], bool)
    sets = [[d.mask for d in detections], [t.mask for t in truths]]
    if not all(sets):
        empty = np.zeros((len(detections), len(truths)))
        return {'mask': empty, 'boundary': empty}
    whole = overlaps(*(np.stack([m.ravel() for m in masks]) for masks in sets), crowd)
    edges = overlaps(*(np.stack([boundary(m).ravel() for m in masks]) for masks in sets), crowd)
    return {'mask': whole, 'boundary': np.where(crowd[None], whole, np.minimum(whole, edges))}


def box_overlaps(detections: Sequence[Detection], truths: Sequence[Truth]) -> dict[str, np.ndarray]:
    """IoU of boxes [x0, y0, x1, y1] that take the masks' place."""
    a = np.array([d.mask for d in detections], np.float64).reshape(-1, 1, 4)
    b = np.array([t.mask for t in truths], np.float64).reshape(1, -1, 4)
    crowd = np.array([truth.crowd for truth in truths], bool)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(-1)
    areas = [(c[..., 2:] - c[..., :2]).prod(-1) for c in (a, b)]
    whole = np.where(crowd[None], areas[0], areas[0] + areas[1] - shared)
    return {'box': shared / np.maximum(whole, 1e-9)}


def matched(values: np.ndarray, crowd: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """values [D, G], the best score first -> whether each detection found an object, whether it counts at all."""
    order = np.argsort(crowd, kind='stable')
    taken = np.zeros(len(crowd), bool)
    hit, counts = np.zeros(len(values), bool), np.ones(len(values), bool)
    for d, row in enumerate(values):
        best, chosen = min(threshold, 1 - 1e-10), -1
        for g in order:
            if taken[g] and not crowd[g]:
                continue
            if chosen >= 0 and not crowd[chosen] and crowd[g]:
                break
            if row[g] >= best:
                best, chosen = row[g], g
        if chosen >= 0:
            taken[chosen] = True
            hit[d], counts[d] = not crowd[chosen], not crowd[chosen]
    return hit, counts


def average_precision(scores: np.ndarray, hits: np.ndarray, objects: int) -> float:
    """Mean of the precision, made falling, at 101 recalls. scores, hits: [D] of all pictures."""
    order = np.argsort(-scores, kind='mergesort')
    right = np.cumsum(hits[order])
    recall, precision = right / objects, right / np.arange(1, len(right) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALLS, side='left')
    return float(np.append(precision, 0.0)[np.minimum(at, len(precision))].mean())


class AveragePrecision:
    """Gathers pictures one by one, so that their masks need not be kept."""

    def __init__(self, compare: Callable = mask_overlaps):
        self.compare = compare
        self.objects: dict[int, int] = {}
        self.found: dict[tuple[str, int, int], list[tuple[np.ndarray, np.ndarray]]] = {}
        self.measures: set[str] = set()

    def add(self, truths: Sequence[Truth], detections: Sequence[Detection]) -> None:
        """One picture's objects and what was found in it."""
        for kind in sorted({one.class_index for one in (*truths, *detections)}):
            own = [truth for truth in truths if truth.class_index == kind]
            ranked = sorted((d for d in detections if d.class_index == kind), key=lambda d: -d.score)[:MOST_DETECTIONS]
            crowd = np.array([truth.crowd for truth in own], bool)
            self.objects[kind] = self.objects.get(kind, 0) + int((~crowd).sum())
            scores = np.array([d.score for d in ranked])
            for measure, values in self.compare(ranked, own).items():
                self.measures.add(measure)
                for i, threshold in enumerate(THRESHOLDS):
                    hit, counts = matched(values, crowd, threshold)
                    self.found.setdefault((measure, kind, i), []).append((scores[counts], hit[counts]))

    def of_class(self, kind: int) -> dict[str, float] | None:
        """'mask', 'mask50', 'mask75', 'boundary', … ; None for a class that no picture has."""
        if not self.objects.get(kind):
            return None
        result = {}
        for measure in sorted(self.measures):
            values = []
            for i in range(len(THRESHOLDS)):
                parts = self.found[measure, kind, i]
                scores, hits = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
                values.append(average_precision(scores, hits, self.objects[kind]))
            result |= {measure: float(np.mean(values)), f'{measure}50': values[0], f'{measure}75': values[5]}
        return result

    def mean(self) -> dict[str, float]:
        """Over the classes that there are objects of."""
        rows = [row for kind in self.objects if (row := self.of_class(kind))]
        return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]} if rows else {}


def flicker(image: np.ndarray, mask_of: Callable[[np.ndarray], np.ndarray], frames: int = 8, seed: int = 0) -> float:
    """Mean IoU of the masks of one photograph, uint8 RGB, with fresh sensor noise (sigma 3) in every frame."""
    random = np.random.default_rng(seed)
    masks = []
    for _ in range(frames):
        noisy = image + random.normal(0, 3, image.shape)
        masks.append(mask_of(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)))
    return float(np.mean([iou(a, b) for a, b in zip(masks, masks[1:])]))
