"""Moving pictures made from still ones: layers that slide, turn and grow, rendered at any instant."""

from __future__ import annotations

import cv2
import numpy as np

MOST_SUBFRAMES = 9  # renderings in one exposure


class Layer:
    """A picture, larger than the view, with its motion; a mask of the view's coordinates at instant 0, or none.

    Positions move by velocity t + acceleration t^2 (pixels a frame interval), about the view's centre turned
    by spin t (radians) and grown by exp(growth t).
    """

    def __init__(self, picture: np.ndarray, size: int, speed: float, random: np.random.Generator, mask: bool):
        self.picture, self.size = picture, size
        angle = random.uniform(0, 2 * np.pi)
        self.velocity = speed * np.array([np.cos(angle), np.sin(angle)])
        self.acceleration = random.normal(0, 0.08 * speed, 2)
        self.spin, self.growth = random.normal(0, 0.01, 2) * random.integers(0, 2, 2)
        self.mask = self.blob(random) if mask else None

    def blob(self, random: np.random.Generator) -> np.ndarray:
        """A smooth shape with a soft edge of about a pixel, float32 [size, size]."""
        n = random.integers(5, 10)
        angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
        radii = self.size * random.uniform(0.08, 0.32) * random.uniform(0.5, 1.5, n)
        centre = self.size * random.uniform(0.25, 0.75, 2)
        points = centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        smooth = points
        for _ in range(3 * int(random.integers(0, 2))):  # corners cut (Chaikin), or left
            after = np.roll(smooth, -1, 0)
            smooth = np.stack([0.75 * smooth + 0.25 * after, 0.25 * smooth + 0.75 * after], 1).reshape(-1, 2)
        mask = np.zeros((self.size, self.size), np.float32)
        cv2.fillPoly(mask, [np.rint(smooth * 16).astype(np.int32)], 1.0, cv2.LINE_AA, shift=4)
        return cv2.GaussianBlur(mask, (0, 0), 0.6)

    def matrix(self, t: float) -> np.ndarray:
        """Affine map from the view at instant 0 to the view at instant t, [2, 3]."""
        scale, angle = np.exp(self.growth * t), self.spin * t
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = np.full(2, self.size / 2)
        move = centre - turn @ centre + self.velocity * t + self.acceleration * t * t
        return np.concatenate([turn, move[:, None]], 1)

    def over(self, below: np.ndarray | None, t: float) -> np.ndarray:
        """This layer at instant t over what is below, float32 [size, size, 3]."""
        view = (self.size, self.size)
        margin = (np.array(self.picture.shape[1::-1]) - self.size) / 2
        map_ = self.matrix(t)
        of_picture = map_.copy()
        of_picture[:, 2] -= map_[:, :2] @ margin
        drawn = cv2.warpAffine(
            self.picture, of_picture, view, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        ).astype(np.float32)
        if self.mask is None or below is None:
            return drawn
        cover = cv2.warpAffine(self.mask, map_, view, flags=cv2.INTER_LINEAR)[:, :, None]
        return below + cover * (drawn - below)


def render(layers: list[Layer], t: float) -> np.ndarray:
    image = None
    for layer in layers:
        image = layer.over(image, t)
    return image


def codes(image: np.ndarray) -> np.ndarray:
    return np.clip(np.floor(image + 0.5), 0, 255).astype(np.uint8)


def expose(
    layers: list[Layer], share: float, speed: float, times: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Frames exposed for `share` of an interval about `times`, and sharp ones there and half-way between."""
    count = int(np.clip(np.ceil(2 * speed * share), 1, MOST_SUBFRAMES)) if share else 1
    offsets = (np.arange(count) + 0.5) / count * share - share / 2
    blurred = [codes(sum(render(layers, t + o) for o in offsets) / count) for t in times]
    instants = [(a + b) / 2 for a, b in zip(times, times[1:])]
    sharp = [codes(render(layers, t)) for pair in zip(times, instants) for t in pair]
    return np.stack(blurred), np.stack([*sharp, codes(render(layers, times[-1]))])
