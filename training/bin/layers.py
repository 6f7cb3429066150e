"""Moving pictures made from still ones: layers that slide, turn, grow and shear, rendered at any instant."""

from __future__ import annotations

import cv2
import numpy as np


class Layer:
    """A picture, larger than the view, with its motion; a mask of the view's coordinates at instant 0, or none.

    Positions move by velocity t + acceleration t^2 (pixels and frame intervals), and about the view's centre by
    the matrix 1 + gradient t: the flow of a plane seen from a moving camera, to first order.
    """

    def __init__(self, picture: np.ndarray, size: int, speed: float, random: np.random.Generator, mask: bool):
        self.picture, self.size = picture, size
        angle = random.uniform(0, 2 * np.pi)
        self.velocity = speed * np.array([np.cos(angle), np.sin(angle)])
        self.acceleration = random.normal(0, 0.06 * speed, 2)
        self.gradient = random.normal(0, random.choice([0, 0.005, 0.015]), (2, 2))
        self.mask = self.blob(random) if mask else None

    def blob(self, random: np.random.Generator) -> np.ndarray:
        """A shape, smooth or with corners, with a soft edge of about a pixel, float32 [size, size]."""
        n = random.integers(5, 10)
        angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
        radii = self.size * random.uniform(0.1, 0.35) * random.uniform(0.5, 1.5, n)
        centre = self.size * random.uniform(0.2, 0.8, 2)
        points = centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        for _ in range(3 * int(random.integers(0, 2))):  # corners cut (Chaikin), or left
            after = np.roll(points, -1, 0)
            points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], 1).reshape(-1, 2)
        mask = np.zeros((self.size, self.size), np.float32)
        cv2.fillPoly(mask, [np.rint(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, shift=4)
        return cv2.GaussianBlur(mask, (0, 0), 0.6)

    def matrix(self, t: float) -> np.ndarray:
        """Affine map from the view at instant 0 to the view at instant t, [2, 3]."""
        turn = np.eye(2) + self.gradient * t
        centre = np.full(2, self.size / 2)
        move = centre - turn @ centre + self.velocity * t + self.acceleration * t * t
        return np.concatenate([turn, move[:, None]], 1)

    def over(self, below: np.ndarray | None, t: float) -> np.ndarray:
        """This layer at instant t over what is below, uint8 [size, size, 3]."""
        view = (self.size, self.size)
        margin = (np.array(self.picture.shape[1::-1]) - self.size) / 2
        map_ = self.matrix(t)
        of_picture = map_.copy()
        of_picture[:, 2] -= map_[:, :2] @ margin
        drawn = cv2.warpAffine(
            self.picture, of_picture, view, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
        if self.mask is None or below is None:
            return drawn
        cover = cv2.warpAffine(self.mask, map_, view, flags=cv2.INTER_LINEAR)
        return cv2.blendLinear(drawn, below, cover, 1 - cover)


def render(layers: list[Layer], t: float) -> np.ndarray:
    """All layers at instant t, the first one at the bottom, uint8 [size, size, 3]."""
    image = None
    for layer in layers:
        image = layer.over(image, t)
    return image
