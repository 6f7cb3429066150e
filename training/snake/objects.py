"""Which objects of a batch the contour networks train on, and the shapes that they start from.

Everything has a fixed size, so that a step never waits for the GPU: `objects` places an image, filled anew with
the same ones where an image has fewer, of weight 0 where it has none.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from .backbone import BOXES, STRIDE


@dataclasses.dataclass
class Objects:
    """Of b images K places each. weight 1 or 0; the other fields as in a sample (samples.py); person 1 or 0."""

    weight: Tensor  # [b,K]
    number: Tensor  # [b,K] in the map of ids, from 1
    boxes: Tensor  # [b,K,4]
    contours: Tensor  # [b,K,128,2]
    extremes: Tensor  # [b,K,4,2]
    person: Tensor  # [b,K]

    def sides(self) -> Tensor:
        """[b,K,2] width and height."""
        return (self.boxes[..., 2:] - self.boxes[..., :2]).clamp(min=1)


def pick(values: Tensor, index: Tensor) -> Tensor:
    """values [b,n,...], index [b,K] -> [b,K,...]."""
    shape = index.shape + (1,) * (values.dim() - 2)
    return values.gather(1, index.view(shape).expand(*index.shape, *values.shape[2:]))


def choose(batch: dict[str, Tensor], count: int) -> Objects:
    """`count` objects with contours of each image at random."""
    has = batch['has_contour'] & batch['valid']
    order = (torch.rand(has.shape, device=has.device) + has).argsort(1, descending=True)
    there = has.sum(1, keepdim=True)
    places = torch.arange(count, device=has.device) % there.clamp(min=1)
    index = order.gather(1, places)
    weight = (there > 0).expand(-1, count).float()
    nothing = weight == 0
    # A place without an object gets a box of its own that no formula stumbles over.
    blank = batch['boxes'].new_tensor([8.0, 8.0, 40.0, 40.0])
    boxes = torch.where(nothing[..., None], blank, pick(batch['boxes'], index))
    return Objects(
        weight,
        index + 1,
        boxes,
        pick(batch['contours'], index),
        pick(batch['extremes'], index),
        (pick(batch['classes'], index) == 0).float(),
    )


def flip(share: float, like: Tensor) -> Tensor:
    """[b,K] of coins."""
    return torch.rand(like.shape[:2], device=like.device) < share


def overlap(a: Tensor, b: Tensor) -> Tensor:
    """IoU of boxes [...,4]."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (areas - shared).clamp(min=1e-6)


def boxes_at(box: Tensor, cells: Tensor, other: Tensor) -> Tensor:
    """The detector's boxes: box [b,8,h,w], cells [b,n,2] (x, y), other [b,n] 0 for a person, 1 for any other object
    -> [b,n,4] x0, y0, x1, y1."""
    index = cells[..., 1] * box.shape[-1] + cells[..., 0]
    distances = pick(box.flatten(2).transpose(1, 2), index).unflatten(-1, (BOXES, 4))
    other = other.long()[..., None, None].expand(*other.shape, 1, 4)
    distances = distances.gather(-2, other)[..., 0, :]
    centre = (cells.to(box.dtype) + 0.5) * STRIDE
    return torch.cat([centre - distances[..., :2], centre + distances[..., 2:]], -1)


def centre_cells(boxes: Tensor, height: int, width: int) -> Tensor:
    """The heatmap's cells that hold the boxes' centres: [b,n,4] -> int64 [b,n,2] (x, y)."""
    cells = ((boxes[..., :2] + boxes[..., 2:]) / 2 / STRIDE).floor().long()
    return torch.stack([cells[..., 0].clamp(0, width - 1), cells[..., 1].clamp(0, height - 1)], -1)


def start_boxes(objects: Objects, box: Tensor, noise: float, predicted: float) -> Tensor:
    """True boxes with noisy sides, and a share of the detector's own where they are not far off: [b,K,4]."""
    sides = objects.sides().repeat(1, 1, 2)
    jitter = (torch.randn_like(objects.boxes) * noise).clamp(-3 * noise, 3 * noise)
    boxes = objects.boxes + jitter * sides
    found = boxes_at(box, centre_cells(objects.boxes, *box.shape[-2:]), 1 - objects.person)
    take = flip(predicted, boxes) & (overlap(found, objects.boxes) > 0.5)
    return torch.where(take[..., None], found, boxes)


def start_extremes(objects: Objects, found: Tensor, noise: float, predicted: float) -> Tensor:
    """True extreme points with noise and a share of `found` [b,K,4,2], the net's own: [b,K,4,2]."""
    jitter = torch.randn_like(objects.extremes) * noise * objects.sides()[:, :, None]
    take = flip(predicted, found)[..., None, None]
    return torch.where(take, found, objects.extremes + jitter)


def shapes(objects: Objects, found: Tensor, predicted: float) -> Tensor:
    """The contours that the point head is told: `found` [b,K,128,2] in a share, else true ones moved, scaled and
    bent by a few per cent of the side."""
    contours = objects.contours
    b, k, v, _ = contours.shape
    side = objects.sides().amax(-1)[..., None, None]
    centre = contours.mean(2, keepdim=True)
    scale = 1 + 0.03 * torch.randn(b, k, 1, 1, device=contours.device)
    moved = centre + (contours - centre) * scale + 0.015 * side * torch.randn(b, k, 1, 2, device=contours.device)
    # A few slow waves along the contour.
    angle = torch.arange(v, device=contours.device) / v * (2 * torch.pi)
    waves = torch.arange(1, 9, device=contours.device)[:, None]
    basis = torch.cat([(waves * angle).cos(), (waves * angle).sin()])
    size = 0.01 * torch.rand(b, k, 1, 1, device=contours.device)
    bent = moved + size * side * (torch.randn(b, k, 2, len(basis), device=contours.device) @ basis).transpose(2, 3)
    return torch.where(flip(predicted, found)[..., None, None], found, bent)
