"""Layers of photographs and cut-outs of their objects, moved to a canvas and painted over each other."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from . import light
from .classes import PERSON
from .instances import box_of
from .pack import Picture

LEAST_CUTOUT = 48  # pixels: the shorter side of a cut-out's box
FILL_STEPS = 3  # bits of a coordinate's fraction in OpenCV's fillPoly
HALF = 128  # two of the four quarters of a pixel; fillPoly draws the line itself too, so that half would be too much
IGNORE = 255  # in `ids`
UNKNOWN = 255  # in `person` and `other`


@dataclasses.dataclass(frozen=True)
class Cutout:
    """An object cut along its mask. at_bottom: the picture's edge cuts it off there."""

    class_index: int
    picture: int  # index of the picture it is from
    image: np.ndarray  # uint8 RGB [h, w, 3]
    mask: np.ndarray  # uint8 0 or 255 [h, w]
    at_bottom: bool


def painted(index: int) -> int:
    """The value in a canvas' ids of its object `index` (from 0): past the one that says ignore."""
    return index + 1 if index + 1 < IGNORE else index + 2


@dataclasses.dataclass
class Canvas:
    """What a sample is painted on. ids: 0 background, k object k, 255 ignored; person and other: 0, 1, 255."""

    image: np.ndarray
    ids: np.ndarray  # uint16 while painting
    person: np.ndarray
    other: np.ndarray
    classes: list[int] = dataclasses.field(default_factory=list)
    areas: list[int] = dataclasses.field(default_factory=list)  # before anything covers it; pixels

    @classmethod
    def blank(cls, side: int, colour: np.ndarray) -> Canvas:
        image = np.empty((side, side, 3), np.uint8)
        image[:] = colour
        return cls(image, *(np.zeros((side, side), kind) for kind in (np.uint16, np.uint8, np.uint8)))

    def add(self, class_index: int, mask: np.ndarray, at: tuple[slice, slice], area: float) -> None:
        """One object on top: mask bool within the rectangle `at`; area: its pixels, those off the canvas too."""
        self.classes.append(class_index)
        self.areas.append(area)
        self.ids[at][mask] = painted(len(self.classes) - 1)
        self.person[at][mask] = class_index == PERSON
        self.other[at][mask] = class_index != PERSON


def rasterise(polygons: list[np.ndarray], size: tuple[int, int]) -> tuple[np.ndarray, tuple[slice, slice]] | None:
    """Polygons [V, 2] in pixels of a picture of (height, width) -> bool mask of their box, and where that lies.

    A pixel is inside where more than half of it is. None where nothing is within the picture.
    """
    h, w = size
    points = np.concatenate(polygons)
    x0, y0 = np.maximum(np.floor(points.min(0)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(points.max(0)).astype(int), (w, h))
    if x1 <= x0 or y1 <= y0:
        return None
    double = np.zeros((2 * (y1 - y0), 2 * (x1 - x0)), np.uint8)
    scale = 1 << FILL_STEPS
    for polygon in polygons:
        placed = np.rint(((polygon - (x0, y0)) * 2 - 0.5) * scale).astype(np.int32)
        cv2.fillPoly(double, [placed], 255, cv2.LINE_8, FILL_STEPS)
    mask = cv2.resize(double, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA) > HALF
    return mask, (slice(y0, y1), slice(x0, x1))


def similarity(scale: float, angle: float, flip: bool, centre: tuple[float, float], to: tuple[float, float]):
    """float64 [2, 3]: scaled, turned by `angle` (radians), perhaps mirrored, so that `centre` comes to lie on `to`."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, -s], [s, c]]) @ np.diag([-1.0 if flip else 1.0, 1.0])
    return np.column_stack([linear, np.asarray(to) - linear @ centre])


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


def warp(image: np.ndarray, matrix: np.ndarray, width: int, height: int, border: int = cv2.BORDER_CONSTANT):
    """An image through `matrix`, whose coordinates have (0, 0) at the outer corner; small scales without aliasing."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.75:
        size = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
        matrix = matrix @ np.diag([image.shape[1] / size[0], image.shape[0] / size[1], 1.0])
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    half = np.array([0.5, 0.5])
    matrix = np.column_stack([matrix[:, :2], apply(matrix, half) - half])
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border)


def paint_picture(canvas: Canvas, picture: Picture, matrix: np.ndarray) -> None:
    """A whole photograph over what is there, with its objects. Crowds and groups are ignored as objects."""
    side = len(canvas.image)
    h, w = picture.image.shape[:2]
    corners = apply(matrix, np.array([[0, 0], [w, 0], [w, h], [0, h]], float))
    whole = rasterise([corners], (side, side))
    if whole is None:
        return
    inside, at = whole
    matrix = np.column_stack([matrix[:, :2], matrix[:, 2] - (at[1].start, at[0].start)])
    image = warp(picture.image, matrix, inside.shape[1], inside.shape[0], cv2.BORDER_REPLICATE)
    np.copyto(canvas.image[at], image, where=inside[..., None])
    for values in (canvas.ids, canvas.person):
        values[at][inside] = 0
    canvas.other[at][inside] = UNKNOWN if picture.source != 'coco' else 0
    enlarged = abs(np.linalg.det(matrix[:, :2]))
    if picture.mask is not None:
        soft = warp(picture.mask * np.uint8(255), matrix, inside.shape[1], inside.shape[0])
        mask = (soft > 127) & inside
        if picture.group:
            canvas.ids[at][mask], canvas.person[at][mask], canvas.other[at][mask] = IGNORE, 1, 0
        else:
            canvas.add(PERSON, mask, at, enlarged * np.count_nonzero(picture.mask))
    for annotation in picture.annotations:
        if annotation['crowd'] is not None:
            mask = warp(annotation['crowd'] * np.uint8(255), matrix, inside.shape[1], inside.shape[0]) > 127
            mask &= inside
            kind, opposite = canvas.person, canvas.other
            if annotation['class'] != PERSON:
                kind, opposite = opposite, kind
            canvas.ids[at][mask], kind[at][mask], opposite[at][mask] = IGNORE, 1, 0
    found = []
    for annotation in picture.annotations:
        if annotation['polygons']:
            polygons = [apply(matrix, polygon) for polygon in annotation['polygons']]
            area = sum(cv2.contourArea(polygon.astype(np.float32)) for polygon in polygons)
            found.append((area, annotation['class'], polygons))
    for area, class_index, polygons in sorted(found, key=lambda entry: -entry[0]):
        drawn = rasterise(polygons, inside.shape)
        if drawn is not None:
            mask, (rows, columns) = drawn
            mask &= inside[rows, columns]
            place = (
                slice(rows.start + at[0].start, rows.stop + at[0].start),
                slice(columns.start + at[1].start, columns.stop + at[1].start),
            )
            canvas.add(class_index, mask, place, area)


def paint_cutout(canvas: Canvas, cutout: Cutout, matrix: np.ndarray, random: np.random.Generator) -> None:
    """An object over what is there, its edge feathered over 1 to 2 pixels, in a light of its own."""
    side = len(canvas.image)
    h, w = cutout.mask.shape
    corners = apply(matrix, np.array([[0, 0], [w, 0], [w, h], [0, h]], float))
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(corners.max(0)).astype(int) + 2, side)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    at = (slice(y0, y1), slice(x0, x1))
    matrix = np.column_stack([matrix[:, :2], matrix[:, 2] - (x0, y0)])
    image = warp(light.jitter(cutout.image, random, 0.7), matrix, x1 - x0, y1 - y0, cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(warp(cutout.mask, matrix, x1 - x0, y1 - y0), (0, 0), random.uniform(0.6, 1.1))
    alpha = soft.astype(np.float32)[..., None] / 255
    alpha = np.clip(alpha * 1.25 - 0.25, 0, 1)  # a little within the mask, whose edge shows the old background
    under = canvas.image[at].astype(np.float32)
    if random.random() < 0.4:  # nearer to the light of its new surroundings
        shift = (under.mean((0, 1)) - image.mean((0, 1))) * random.uniform(0.1, 0.5)
        image = np.clip(image + shift.astype(np.float32), 0, 255)
    canvas.image[at] = np.rint(under + (image - under) * alpha).astype(np.uint8)
    area = abs(np.linalg.det(matrix[:, :2])) * np.count_nonzero(cutout.mask)
    canvas.add(cutout.class_index, alpha[..., 0] > 0.5, at, area)


def cutouts_of(pictures: list[Picture]) -> list[Cutout]:
    """All objects large and whole enough to be pasted elsewhere."""
    found = []
    for index, picture in enumerate(pictures):
        masks = [] if picture.mask is None or picture.group else [(PERSON, picture.mask, (slice(0), slice(0)))]
        for annotation in picture.annotations:
            drawn = rasterise(annotation['polygons'], picture.image.shape[:2]) if annotation['polygons'] else None
            if drawn is not None:
                masks.append((annotation['class'], drawn[0].astype(np.uint8), drawn[1]))
        for class_index, mask, at in masks:
            box = box_of(mask)
            if box is None:
                continue
            x0, y0, x1, y1 = box
            if min(x1 - x0, y1 - y0) < LEAST_CUTOUT or mask.sum() < 0.2 * (x1 - x0) * (y1 - y0):
                continue
            top, left = at[0].start or 0, at[1].start or 0
            part = picture.image[top + y0 : top + y1, left + x0 : left + x1]
            at_bottom = top + y1 >= picture.image.shape[0] - 2
            cut = np.ascontiguousarray(mask[y0:y1, x0:x1]) * np.uint8(255)
            found.append(Cutout(class_index, index, np.ascontiguousarray(part), cut, at_bottom))
    return found
