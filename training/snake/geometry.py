"""Geometry between the networks, batched in torch: boxes to diamonds, extreme points to octagons, even contours.

Coordinates are pixels of the network's input, (0, 0) the outer corner of the first pixel, y downward. Contours run
top, left, bottom, right (counter-clockwise to the eye), as in the released code of Deep Snake (CVPR 2020, 2001.01629).
"""

from __future__ import annotations

import torch
from torch import Tensor

DIAMOND_POINTS = 40  # 10 an edge
CONTOUR_POINTS = 128
EDGES_AT_ONCE = 1 << 24  # point-edge pairs held in memory by signed_distance: about 64 MB for each temporary


def diamond(boxes: Tensor) -> Tensor:
    """Midpoints of the edges. boxes [N, 4] x0, y0, x1, y1 -> [N, 4, 2] top, left, bottom, right."""
    x0, y0, x1, y1 = boxes.unbind(-1)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return torch.stack([x, y0, x0, y, x, y1, x1, y], -1).unflatten(-1, (4, 2))


def diamond_points(boxes: Tensor, count: int = DIAMOND_POINTS) -> Tensor:
    """boxes [N, 4] -> [N, count, 2]: count / 4 points an edge of the diamond, evenly, index 0 = top."""
    corners = diamond(boxes)
    steps = torch.arange(count // 4, device=boxes.device, dtype=boxes.dtype) / (count // 4)
    edges = torch.roll(corners, -1, 1) - corners
    return (corners[:, :, None] + edges[:, :, None] * steps[:, None]).flatten(1, 2)


def octagon(extremes: Tensor) -> Tensor:
    """Twelve vertices, from the top extreme point on. extremes [N, 4, 2] top, left, bottom, right -> [N, 12, 2].

    Through each extreme point runs a segment 1/4 of the side of the extreme points' bounding box, along that side,
    clamped to the box (Deep Snake §3.3).
    """
    low, high = extremes.amin(1, keepdim=True), extremes.amax(1, keepdim=True)
    reach = (high - low) / 8
    along_x = reach * reach.new_tensor([1, 0])
    along_y = reach * reach.new_tensor([0, 1])
    top, left, bottom, right = (extremes[:, i : i + 1] for i in range(4))
    vertices = torch.cat([
        top, top - along_x,
        left - along_y, left, left + along_y,
        bottom - along_x, bottom, bottom + along_x,
        right + along_y, right, right - along_y,
        top + along_x,
    ], 1)  # fmt: skip
    return torch.minimum(torch.maximum(vertices, low), high)


def resample(polygons: Tensor, count: int = CONTOUR_POINTS) -> Tensor:
    """Closed polygons [N, V, 2] -> [N, count, 2] evenly by arc length, index 0 = vertex 0."""
    edges = torch.roll(polygons, -1, 1) - polygons
    lengths = edges.norm(dim=-1)
    ends = lengths.cumsum(1)
    steps = torch.arange(count, device=polygons.device, dtype=polygons.dtype) / count
    targets = ends[:, -1:] * steps
    index = torch.searchsorted(ends.contiguous(), targets.contiguous(), right=True)
    index = index.clamp(max=polygons.shape[1] - 1)
    length = lengths.gather(1, index)
    past = targets - (ends.gather(1, index) - length)
    share = (past / length.clamp(min=1e-9)).clamp(0, 1)
    pair = index[..., None].expand(-1, -1, 2)
    return polygons.gather(1, pair) + edges.gather(1, pair) * share[..., None]


def initial_contours(extremes: Tensor, count: int = CONTOUR_POINTS) -> Tensor:
    """Extreme points [N, 4, 2] -> the octagon's [N, count, 2] points that the deformations start from."""
    return resample(octagon(extremes), count)


def bounds(points: Tensor) -> Tensor:
    """Bounding boxes of point sets. [N, V, 2] -> [N, 4] x0, y0, x1, y1."""
    return torch.cat([points.amin(1), points.amax(1)], -1)


def _signed_distance(points: Tensor, polygons: Tensor) -> Tensor:
    start, end = polygons[:, None], torch.roll(polygons, -1, 1)[:, None]
    x, y = points[:, :, None, 0], points[:, :, None, 1]
    sx, sy, ex, ey = start[..., 0], start[..., 1], end[..., 0], end[..., 1]
    dx, dy = ex - sx, ey - sy
    px, py = x - sx, y - sy
    along = ((px * dx + py * dy) / (dx * dx + dy * dy).clamp(min=1e-12)).clamp(0, 1)
    square = (px - along * dx).square() + (py - along * dy).square()
    rising = ey > y
    # The ray to the right crosses this edge: multiplied out, since edges of no height are not crossed.
    crossed = ((sy > y) != rising) & ((px * dy < py * dx) == rising)
    inside = crossed.sum(-1) % 2 == 1
    distance = square.amin(-1).sqrt()
    return torch.where(inside, distance, -distance)


def signed_distance(points: Tensor, polygons: Tensor) -> Tensor:
    """Distance to the polygon's edge, positive inside by the even-odd rule.

    points [N, P, 2], polygons [N, V, 2] -> [N, P], same unit. In float32 also where autocast would not be, and in
    parts, so that memory stays bounded.
    """
    points, polygons = points.float(), polygons.float()
    n, count, vertices = points.shape[0], points.shape[1], polygons.shape[1]
    if n * count == 0:
        return points.new_zeros(n, count)
    if n * vertices > EDGES_AT_ONCE:
        half = n // 2
        parts = (slice(half), slice(half, n))
        return torch.cat([signed_distance(points[part], polygons[part]) for part in parts])
    step = max(1, EDGES_AT_ONCE // (n * vertices))
    return torch.cat([_signed_distance(part, polygons) for part in points.split(step, 1)], 1)


def shape_features(points: Tensor, contours: Tensor, person: Tensor) -> Tensor:
    """What the point head knows of the contour: points [N, P, 2], contours [N, V, 2], person [N] 0 or 1 -> [N, P, 5].

    The signed distance sd in steps of 4 pixels, /8 and clipped to ±1; sd by the square root of the area of the
    contour's bounding box, clipped to ±.5, times 2; the position in that box, -1 to 1 within it; 1 for a person.
    """
    box = bounds(contours.float())
    distance = signed_distance(points, contours)
    size = (box[:, 2:] - box[:, :2]).clamp(min=1)
    scale = size.prod(-1, keepdim=True).sqrt()
    place = (points.float() - (box[:, None, :2] + box[:, None, 2:]) / 2) / (size[:, None] / 2)
    near = (distance / 32).clamp(-1, 1)
    relative = (distance / scale).clamp(-0.5, 0.5) * 2
    kind = person.to(near)[:, None].expand_as(near)
    return torch.stack([near, relative, place[..., 0], place[..., 1], kind], -1)
