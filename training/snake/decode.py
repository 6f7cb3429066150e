"""From a picture to instances, as the app does it: peaks, boxes, extreme points, contours, mattes.

Contours and boxes are in the picture's pixels, mattes on grids over the contours' boxes. The app's steps are in
app/engine/stages/segment; fixtures hold both together.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import geometry
from .backbone import CenterNet
from .classes import PERSON
from .compose import rasterise
from .model import DeepSnake
from .objects import boxes_at, overlap

SIDES = 32  # the network's sides are multiples of it
SAME_OBJECT = 0.7  # IoU of boxes of a class, above which the lesser goes
MARGIN = 0.15  # of the contour's box, on each side of the matte's grid
COARSE = 28  # cells of a grid's side before the first subdivision
AT_ONCE = COARSE * COARSE  # points that a subdivision predicts anew
FINEST, FINEST_OF_LARGE = 224, 448
LARGE = 720  # pixels of the output: longer sides get the finer grid, whose cells else would be more than three pixels


@dataclasses.dataclass(frozen=True)
class Settings:
    """size: the network's longer side; threshold: least score; most: instances. matte: else the contour's polygon."""

    size: int = 512
    threshold: float = 0.05
    most: int = 100
    matte: bool = True
    suppress: bool = True


@dataclasses.dataclass(frozen=True)
class Instance:
    """box float [4] x0, y0, x1, y1; contour float [128, 2]; mask bool [h, w] of the picture. None: not asked for."""

    class_index: int
    score: float
    box: np.ndarray
    contour: np.ndarray | None = None
    mask: np.ndarray | None = None


def network_input(image: np.ndarray, size: int) -> tuple[Tensor, float]:
    """uint8 RGB [h, w, 3] -> [1, 3, H, W] in 0..1 and its scale: the longer side fitted to `size`, both filled up to
    multiples of 32 by repeating the last row and column."""
    h, w = image.shape[:2]
    scale = size / max(h, w)
    x = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float() / 255
    fitted = (max(1, round(h * scale)), max(1, round(w * scale)))
    x = F.interpolate(x, fitted, mode='bilinear', align_corners=False, antialias=True).clamp(0, 1)
    return F.pad(x, [0, -fitted[1] % SIDES, 0, -fitted[0] % SIDES], 'replicate'), scale


def peaks(heatmap: Tensor, threshold: float, most: int) -> tuple[Tensor, Tensor, Tensor]:
    """Probabilities [C, h, w] -> scores [K], classes [K] and cells [K, 2] (x, y), the best first."""
    top = F.max_pool2d(heatmap[None], 3, 1, 1)[0] == heatmap
    scores, index = (heatmap * top).flatten().topk(min(most, heatmap.numel()))
    index = index[scores >= threshold]
    h, w = heatmap.shape[1:]
    place = index % (h * w)
    cells = torch.stack([place % w, torch.div(place, w, rounding_mode='floor')], -1)
    return scores[: len(index)], torch.div(index, h * w, rounding_mode='floor'), cells


def suppressed(boxes: Tensor, classes: Tensor, limit: float = SAME_OBJECT) -> list[int]:
    """Which of [K, 4], the best first, stay beside better ones of their class."""
    alike = (overlap(boxes[:, None], boxes[None]) > limit) & (classes[:, None] == classes[None])
    kept: list[int] = []
    for i in range(len(boxes)):
        if not kept or not bool(alike[i, kept].any()):
            kept.append(i)
    return kept


def detected(heatmap: Tensor, box: Tensor, settings: Settings) -> tuple[Tensor, Tensor, Tensor]:
    """Heatmap logits [1, 80, h, w] and box distances [1, 8, h, w] -> scores [K], classes [K], boxes [K, 4] within the
    network's input."""
    scores, classes, cells = peaks(heatmap[0].sigmoid(), settings.threshold, settings.most)
    boxes = boxes_at(box, cells[None], (classes != PERSON)[None])[0]
    limit = boxes.new_tensor([heatmap.shape[3], heatmap.shape[2]]).repeat(2) * 4
    boxes = torch.minimum(boxes.clamp(min=0), limit)
    whole = (boxes[:, 2:] - boxes[:, :2]).amin(1) >= 1
    scores, classes, boxes = scores[whole], classes[whole], boxes[whole]
    if settings.suppress:
        kept = suppressed(boxes, classes)
        scores, classes, boxes = scores[kept], classes[kept], boxes[kept]
    return scores, classes, boxes


def contours_of(model: DeepSnake, features: Tensor, boxes: Tensor) -> Tensor:
    """boxes [K, 4] -> contours [K, 128, 2]."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    extremes = model.extreme_points(features, geometry.diamond_points(boxes)[None], centres[None])[0]
    return model.contours(features, geometry.initial_contours(extremes)[None])[-1][0]


def grid_boxes(contours: Tensor) -> Tensor:
    """Contours [K, V, 2] -> [K, 4]: what the mattes' grids cover."""
    box = geometry.bounds(contours)
    size = (box[:, 2:] - box[:, :2]).clamp(min=1)
    return torch.cat([box[:, :2] - MARGIN * size, box[:, :2] + (1 + MARGIN) * size], -1)


class Matte:
    """PointRend's subdivision over the grids of some contours (§3.1 of 1912.08193)."""

    def __init__(self, model: DeepSnake, maps: tuple[Tensor, Tensor, Tensor], contours: Tensor, classes: Tensor):
        """maps: features, fine, semantic of one picture."""
        self.model, self.maps, self.contours = model, maps, contours
        self.person = (classes == PERSON).float()
        self.boxes = grid_boxes(contours)
        h, w = maps[0].shape[-2:]
        self.limit = contours.new_tensor([w, h]) * 4

    def places(self, side: int, index: Tensor, which: Tensor) -> Tensor:
        """Cells' numbers [n, P] of grids of side x side, of the contours `which` [n] -> input pixels [n, P, 2]."""
        cell = torch.stack([index % side, torch.div(index, side, rounding_mode='floor')], -1)
        box = self.boxes[which][:, None]
        return box[..., :2] + (cell.float() + 0.5) / side * (box[..., 2:] - box[..., :2])

    def logits(self, points: Tensor, which: Tensor) -> Tensor:
        """Points [n, P, 2] of the contours `which` -> [n, P]."""
        shape = geometry.shape_features(points, self.contours[which], self.person[which])
        found = self.model.inside(*self.maps, points.reshape(1, -1, 2), shape.reshape(1, -1, 5))
        return found.reshape(points.shape[:2])

    def coarse(self) -> Tensor:
        """[K, 1, 28, 28]."""
        which = torch.arange(len(self.contours), device=self.contours.device)
        index = torch.arange(AT_ONCE, device=which.device).expand(len(which), -1)
        return self.logits(self.places(COARSE, index, which), which).reshape(-1, 1, COARSE, COARSE)

    def subdivided(self, grid: Tensor, which: Tensor) -> Tensor:
        """[n, 1, s, s] of the contours `which` -> [n, 1, 2 s, 2 s]."""
        side = 2 * grid.shape[-1]
        finer = F.interpolate(grid, scale_factor=2, mode='bilinear', align_corners=False).flatten(1)
        everywhere = torch.arange(side * side, device=grid.device).expand(len(which), -1)
        points = self.places(side, everywhere, which)
        outside = ((points < 0) | (points > self.limit)).any(-1)
        index = finer.abs().masked_fill(outside, torch.inf).topk(AT_ONCE, largest=False)[1]
        new = self.logits(points.gather(1, index[..., None].expand(-1, -1, 2)), which)
        new = torch.where(outside.gather(1, index), finer.gather(1, index), new)
        return finer.scatter(1, index, new).reshape(-1, 1, side, side)

    def grids(self, scale: float) -> list[Tensor]:
        """Logits of every contour, [s, s] with s as the output at 1 / scale of the network's pixels needs it."""
        sides = (self.boxes[:, 2:] - self.boxes[:, :2]).amax(1) / scale
        wanted = torch.where(sides > LARGE, sides.clamp(max=FINEST_OF_LARGE), sides.clamp(max=FINEST))
        grid, which = self.coarse(), torch.arange(len(self.contours), device=sides.device)
        results = list(grid[:, 0])
        side = COARSE
        while True:
            unfinished = wanted[which] > side
            which, grid = which[unfinished], grid[unfinished]
            if not len(which):
                return results
            grid = self.subdivided(grid, which)
            side *= 2
            for k, one in zip(which.tolist(), grid[:, 0]):
                results[k] = one


def matte_mask(grid: Tensor, box: Tensor, scale: float, size: tuple[int, int]) -> np.ndarray:
    """Logits [s, s] over a box of the network's input -> bool [h, w] of the picture: where they are positive."""
    h, w = size
    x0, y0, x1, y1 = (box / scale).tolist()
    left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
    right, bottom = min(w, int(np.ceil(x1))), min(h, int(np.ceil(y1)))
    mask = np.zeros(size, bool)
    if right > left and bottom > top:
        x = (torch.arange(left, right, device=grid.device) + 0.5 - x0) / (x1 - x0) * 2 - 1
        y = (torch.arange(top, bottom, device=grid.device) + 0.5 - y0) / (y1 - y0) * 2 - 1
        at = torch.stack([x.expand(len(y), -1), y[:, None].expand(-1, len(x))], -1)[None]
        values = F.grid_sample(grid[None, None], at, padding_mode='border', align_corners=False)[0, 0]
        within = (at[0].abs() <= 1).all(-1)
        mask[top:bottom, left:right] = ((values > 0) & within).cpu().numpy()
    return mask


def polygon_mask(contour: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A contour [V, 2] in the picture's pixels -> bool [h, w]."""
    mask = np.zeros(size, bool)
    drawn = rasterise([contour], size)
    if drawn is not None:
        mask[drawn[1]] = drawn[0]
    return mask


@torch.no_grad()
def detect(net: CenterNet, image: np.ndarray, settings: Settings) -> list[Instance]:
    """Boxes alone, of a detector without contours."""
    x, scale = network_input(image, settings.size)
    heatmap, box = net(x.to(next(net.parameters()).device))[:2]
    rows = zip(*(value.cpu().numpy() for value in detected(heatmap, box, settings)))
    return [Instance(int(kind), float(score), row / scale) for score, kind, row in rows]


@torch.no_grad()
def segment(model: DeepSnake, image: np.ndarray, settings: Settings) -> list[Instance]:
    """uint8 RGB [h, w, 3] -> instances with masks, the best first."""
    x, scale = network_input(image, settings.size)
    heatmap, box, features, fine, semantic = model.detector(x.to(next(model.parameters()).device))
    scores, classes, boxes = detected(heatmap, box, settings)
    if not len(scores):
        return []
    contours = contours_of(model, features, boxes)
    size = image.shape[:2]
    outlines = contours.cpu().numpy() / scale
    if settings.matte:
        matte = Matte(model, (features, fine, semantic), contours, classes)
        masks = [matte_mask(grid, where, scale, size) for grid, where in zip(matte.grids(scale), matte.boxes)]
    else:
        masks = [polygon_mask(outline, size) for outline in outlines]
    return [
        Instance(int(kind), float(score), row / scale, outline, mask)
        for kind, score, row, outline, mask in zip(classes, scores, boxes.cpu().numpy(), outlines, masks)
    ]
