"""What cameras and codecs do to a picture: light, blur, noise, compression. uint8 RGB [h, w, 3] in and out."""

from __future__ import annotations

import cv2
import numpy as np

NOISE_SIDE = 640  # of the fields that noise is cut from
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _curves(random: np.random.Generator, strength: float) -> np.ndarray:
    """One curve a channel: brightness, contrast, gamma and white balance. uint8 [256, 3]."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = np.exp(random.normal(0, 0.18 * strength))
    contrast = np.exp(random.normal(0, 0.16 * strength))
    brightness = random.normal(0, 0.07 * strength)
    balance = np.exp(random.normal(0, 0.06 * strength, 3)).astype(np.float32)
    curves = ((levels**gamma - 0.5) * contrast + 0.5 + brightness) * balance
    return np.clip(np.rint(curves * 255), 0, 255).astype(np.uint8)


def jitter(image: np.ndarray, random: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Curves, saturation and hue (the colour matrix turned round the grey axis)."""
    image = cv2.LUT(image, _curves(random, strength)[None])
    if random.random() < 0.6:
        grey = np.outer(np.ones(3, np.float32), LUMA)
        saturation = 0.0 if random.random() < 0.04 * strength else np.exp(random.normal(0, 0.25 * strength))
        turn = random.normal(0, 0.12 * strength)
        wheel = np.float32([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
        colours = np.cos(turn) * (np.eye(3) - grey) + np.sin(turn) * (np.eye(3) - grey) @ wheel
        image = cv2.transform(image, (grey + saturation * colours).astype(np.float32))
    return image


def vignette(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Darker away from a centre, as lenses and lamps leave it."""
    h, w = image.shape[:2]
    x0, y0 = random.uniform(0.2, 0.8, 2) * (w, h)
    reach = random.uniform(0.6, 1.2) * max(h, w)
    radius = np.square((np.arange(w) - x0) / reach)[None] + np.square((np.arange(h) - y0) / reach)[:, None]
    factor = np.rint(255 * (1 - random.uniform(0.2, 0.7) * np.minimum(radius, 1))).astype(np.uint8)
    return cv2.multiply(image, cv2.merge([factor] * 3), scale=1 / 255)


def motion_blur(image: np.ndarray, random: np.random.Generator, longest: float) -> np.ndarray:
    """The mean along a straight path of 2 ... longest pixels."""
    length, angle = random.uniform(2, longest), random.uniform(0, np.pi)
    side = 2 * int(np.ceil(length / 2)) + 1
    middle = side // 2
    kernel = np.zeros((side, side), np.float32)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    ends = [tuple(int(v) for v in np.rint((middle + sign * reach) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT_101)


def resized_down_and_up(image: np.ndarray, scale: float) -> np.ndarray:
    h, w = image.shape[:2]
    small = cv2.resize(image, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    code = cv2.imencode('.jpg', image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(code, cv2.IMREAD_COLOR)[:, :, ::-1]


class Camera:
    """Spoils composed pictures: mild mostly, strong sometimes."""

    def __init__(self, seed: int = 0):
        fields = np.random.default_rng(seed).normal(0, 32, (NOISE_SIDE, NOISE_SIDE, 3))
        self.noise_fields = np.clip(np.rint(fields), -127, 127).astype(np.int16)

    def noise(self, image: np.ndarray, random: np.random.Generator, sigma: float) -> np.ndarray:
        """Gaussian, sigma in levels; now and then the same in all channels and coarser, as in video."""
        h, w = image.shape[:2]
        y, x = (int(random.integers(max(1, NOISE_SIDE - side + 1))) for side in (h, w))
        field = self.noise_fields[y : y + h, x : x + w]
        if field.shape[:2] != (h, w):
            field = cv2.copyMakeBorder(
                field, 0, h - field.shape[0], 0, w - field.shape[1], cv2.BORDER_REFLECT_101
            )
        if random.random() < 0.3:
            field = cv2.merge([field[:, :, 0]] * 3)
        return cv2.addWeighted(image, 1, field, sigma / 32, 0, dtype=cv2.CV_8U)

    def shoot(self, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
        strong = random.random() < 0.12
        image = jitter(image, random, 2.0 if strong else 1.0)
        if random.random() < 0.1:
            image = vignette(image, random)
        blur = random.random()
        if blur < 0.1:
            image = motion_blur(image, random, 18 if strong else 8)
        elif blur < 0.2:
            image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 3.5 if strong else 1.3))
        elif blur < 0.35:
            image = resized_down_and_up(image, random.uniform(0.25 if strong else 0.5, 0.95))
        if random.random() < 0.6:
            image = self.noise(image, random, random.uniform(0.5, 16 if strong else 5))
        if random.random() < 0.35:
            image = compressed(image, int(random.integers(15 if strong else 40, 96)))
        return image
