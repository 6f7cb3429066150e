"""The parts of Deep Snake's loss, and those of the semantic maps and the points.

Batches are dicts of tensors as samples.collate makes them, `prepared`; coordinates are input pixels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from . import geometry, objects
from .backbone import CLASSES, STRIDE
from .classes import PERSON
from .config import LossConfig
from .model import DeepSnake
from .objects import Objects

IGNORE = 255
SPREAD = 0.54  # of a box that its Gaussian covers (TTFNet, Liu et al., AAAI 2020, which the start was trained by)
PARTS = ('heatmap', 'box', 'extreme', 'contour', 'semantic', 'points')


def prepared(batch: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    """A batch on a device; padding, of class -1, becomes `valid` bool [b,n]."""
    batch = {name: torch.as_tensor(value).to(device, non_blocking=True) for name, value in batch.items()}
    return batch | {'valid': batch['classes'] >= 0, 'classes': batch['classes'].clamp(min=0)}


def gaussians(batch: dict[str, Tensor], height: int, width: int) -> Tensor:
    """One elliptic Gaussian an object, 1 in the cell of its centre: [b,n,height,width]."""
    boxes = batch['boxes']
    cells = objects.centre_cells(boxes, height, width).float()
    radius = ((boxes[..., 2:] - boxes[..., :2]) / STRIDE / 2 * SPREAD).clamp(min=0).floor()
    sigma = (2 * radius + 1) / 6
    curves = []
    for axis, size in ((0, width), (1, height)):
        offset = torch.arange(size, device=boxes.device) - cells[..., axis, None]
        curve = (-0.5 * (offset / sigma[..., axis, None]).square()).exp()
        curves.append(curve * (offset.abs() <= radius[..., axis, None]))
    return curves[0][..., None, :] * curves[1][..., None] * batch['valid'][..., None, None]


def ignored(batch: dict[str, Tensor]) -> Tensor:
    """The share of ignored pixels in each cell: [b,1,h,w]."""
    return F.avg_pool2d((batch['ids'] == IGNORE).float()[:, None], STRIDE)


def heatmap_loss(logits: Tensor, spots: Tensor, batch: dict[str, Tensor], background: float) -> Tensor:
    """Focal loss (CornerNet's, alpha 2, beta 4) per object; spots: `gaussians`."""
    index = batch['classes'][..., None, None].expand_as(spots)
    target = torch.zeros_like(logits).scatter_reduce(1, index, spots, 'amax')
    people = batch['people'][:, None, None, None]
    person = torch.arange(CLASSES, device=logits.device).view(1, -1, 1, 1) == 0
    weight = torch.where(people, person * torch.where(target > 0, 1.0, background), 1.0)
    weight = weight * ((target > 0) | (ignored(batch) < 0.5))
    probability = logits.sigmoid()
    centre = target == 1
    positive = -F.logsigmoid(logits) * (1 - probability).square()
    negative = -F.logsigmoid(-logits) * probability.square() * (1 - target).square().square()
    total = torch.where(centre, positive, negative * weight).sum()
    return total / batch['valid'].sum().clamp(min=1)


def box_loss(box: Tensor, spots: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Smooth L1 of the four distances in cells, over each object's Gaussian (TTFNet), smaller objects in front; people's
    boxes and those of other objects each have places of their own."""
    other = batch['classes'] != PERSON
    kinds = zip(box.split(4, 1), (~other, other))
    error = sum(kind_box_loss(map, spots * kind[..., None, None], batch['boxes']) for map, kind in kinds)
    return error / batch['valid'].sum().clamp(min=1)


def kind_box_loss(box: Tensor, spots: Tensor, boxes: Tensor) -> Tensor:
    """The sum over objects of the mean error over their Gaussians. box [b,4,h,w], spots [b,n,h,w], boxes [b,n,4]."""
    area = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1).prod(-1)
    owner = torch.where(spots > 0, -area[..., None, None], -torch.inf).argmax(1)
    weight = spots.gather(1, owner[:, None])[:, 0].flatten(1)
    owner = owner.flatten(1)
    sums = torch.zeros_like(area).scatter_add(1, owner, weight)
    weight = weight / sums.gather(1, owner).clamp(min=1e-6)
    height, width = box.shape[-2:]
    rows = (torch.arange(height, device=box.device) + 0.5) * STRIDE
    columns = (torch.arange(width, device=box.device) + 0.5) * STRIDE
    place = torch.stack([columns.expand(height, width), rows[:, None].expand(height, width)], -1).view(1, -1, 2)
    x0y0, x1y1 = objects.pick(boxes, owner).split(2, -1)
    target = torch.cat([place - x0y0, x1y1 - place], -1)
    error = F.smooth_l1_loss(box.flatten(2).transpose(1, 2) / STRIDE, target / STRIDE, reduction='none').sum(-1)
    return (error * weight).sum()


def polygon_loss(points: Tensor, target: Tensor, chosen: Objects) -> Tensor:
    """Smooth L1 of [b,K,V,2] in units of 2 pixels and 2 % of the object's longer side."""
    unit = 2 + 0.02 * chosen.sides().amax(-1)
    error = F.smooth_l1_loss(points / unit[..., None, None], target / unit[..., None, None], reduction='none')
    return (error.mean((2, 3)) * chosen.weight).sum() / chosen.weight.sum().clamp(min=1)


def semantic_loss(logits: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Binary cross-entropy and dice of the maps `person` and `any other object`, [b,2,h,w], where they are known."""
    maps = torch.stack([batch['person'], batch['other']], 1)
    target = F.avg_pool2d((maps == 1).float(), STRIDE)
    weight = (F.avg_pool2d((maps == IGNORE).float(), STRIDE) == 0).float()
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    probability = logits.sigmoid()
    sums = lambda x: (x * weight).sum((2, 3))
    dice = 1 - (2 * sums(probability * target) + 1) / (sums(probability.square() + target.square()) + 1)
    return (entropy * weight).sum() / weight.sum().clamp(min=1) + dice.mean()


def mask_at(ids: Tensor, points: Tensor, number: Tensor) -> tuple[Tensor, Tensor]:
    """An object's mask, sampled bilinearly: ids [b,H,W], points [b,K,P,2], number [b,K] -> coverage and validity
    [b,K,P], the latter 0 outside the image and beside ignored pixels."""
    b, height, width = ids.shape
    place = points - 0.5
    low = place.floor()
    share = place - low
    total, valid = 0.0, 1.0
    flat = ids.flatten(1)
    for dx in (0, 1):
        for dy in (0, 1):
            x, y = (low[..., 0].long() + dx).clamp(0, width - 1), (low[..., 1].long() + dy).clamp(0, height - 1)
            found = flat.gather(1, (y * width + x).flatten(1)).view(x.shape)
            across = share[..., 0] if dx else 1 - share[..., 0]
            down = share[..., 1] if dy else 1 - share[..., 1]
            total = total + across * down * (found == number[..., None])
            valid = valid * (found != IGNORE)
    limit = points.new_tensor([width, height])
    return total, valid * ((points >= 0) & (points <= limit)).all(-1)


def point_loss(
    model: DeepSnake, maps: tuple[Tensor, Tensor, Tensor], contours: Tensor, chosen: Objects, ids: Tensor, count: int
) -> Tensor:
    """Cross-entropy at PointRend's points: of 3 N uniform ones over the grown box the 3/4 N least certain, and 1/4 N
    uniform ones. maps: features, fine, semantic."""
    b, k = chosen.weight.shape
    sides = chosen.sides()[:, :, None]
    centre = (chosen.boxes[..., None, :2] + chosen.boxes[..., None, 2:]) / 2
    few, many = count // 4, 3 * count
    points = centre + (torch.rand(b, k, many + few, 2, device=ids.device) - 0.5) * 1.3 * sides
    shape = geometry.shape_features(points.flatten(0, 1), contours.flatten(0, 1), chosen.person.flatten())
    shape = shape.view(b, k, many + few, -1)

    def inside(where: Tensor, told: Tensor) -> Tensor:
        return model.inside(*maps, where.flatten(1, 2), told.flatten(1, 2)).view(b, k, -1)

    with torch.no_grad():
        certainty = inside(points[:, :, :many], shape[:, :, :many]).abs()
        index = certainty.topk(count - few, dim=-1, largest=False).indices
        index = torch.cat([index, torch.arange(many, many + few, device=ids.device).expand(b, k, -1)], -1)
    choose = lambda x: x.gather(2, index[..., None].expand(-1, -1, -1, x.shape[-1]))
    points, shape = choose(points), choose(shape)
    target, valid = mask_at(ids, points, chosen.number)
    error = F.binary_cross_entropy_with_logits(inside(points, shape).float(), target, reduction='none')
    weight = valid * chosen.weight[..., None]
    return (error * weight).sum() / weight.sum().clamp(min=1)


def parts(model: DeepSnake, batch: dict[str, Tensor], config: LossConfig, count: int) -> dict[str, Tensor]:
    """Every part of the loss, unweighted. batch: as `prepared` gives it; count: objects of an image."""
    image = batch['image'].float() / 255
    heatmap, box, *rest = model.detector(image)
    heatmap, box = heatmap.float(), box.float()
    features, fine, semantic = maps = [x.float() for x in rest]
    spots = gaussians(batch, *heatmap.shape[-2:])
    chosen = objects.choose(batch, count)

    boxes = objects.start_boxes(chosen, box.detach(), config.box_noise, config.predicted_boxes)
    diamonds = geometry.diamond_points(boxes.flatten(0, 1)).unflatten(0, boxes.shape[:2])
    extremes = model.extreme_points(features, diamonds, (boxes[..., :2] + boxes[..., 2:]) / 2)
    starts = objects.start_extremes(chosen, extremes.detach(), config.extreme_noise, config.predicted_extremes)
    first = geometry.initial_contours(starts.flatten(0, 1)).unflatten(0, boxes.shape[:2])
    every = config.supervise == 'all'
    contours = model.contours(features, first, apart=every)
    shapes = objects.shapes(chosen, contours[-1].detach(), config.predicted_shapes)
    supervised = contours if every else contours[-1:]
    return {
        'heatmap': heatmap_loss(heatmap, spots, batch, config.background),
        'box': box_loss(box, spots, batch),
        'extreme': polygon_loss(extremes, chosen.extremes, chosen),
        'contour': sum(polygon_loss(c, chosen.contours, chosen) for c in supervised) / len(supervised),
        'semantic': semantic_loss(semantic.float(), batch),
        'points': point_loss(model, tuple(maps), shapes, chosen, batch['ids'], config.points_per_object),
    }


def total(found: dict[str, Tensor], config: LossConfig) -> Tensor:
    return sum(getattr(config, name) * found[name] for name in PARTS)
