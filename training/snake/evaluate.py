"""Scores of Deep Snake on photographs with masks.

    python3 -m snake.evaluate runs/person/best.pt [--pack val|held-back] [--size 512] [--min-score .3]
    python3 -m snake.evaluate checkpoints/snake-start.pt              # the converted detector: boxes alone

`val` is for reporting; whatever is chosen is chosen on `held-back`, the pictures of training that no sample shows.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from . import convert, decode, metrics
from .backbone import CenterNet
from .classes import CLASSES, PERSON
from .compose import rasterise
from .decode import Instance, Settings
from .metrics import AveragePrecision, Detection, Truth
from .pack import TRAINING, Picture, load
from .train import load_model

Predict = Callable[[np.ndarray], list[Instance]]
LEAST_INSIDE = 0.5  # of an instance: then it is one of those that a mask of people shows
STEADY = 6  # photographs whose flicker is measured


def truths_of(picture: Picture) -> tuple[list[Truth], list[Truth]]:
    """A COCO picture's objects with masks, and with boxes in their place."""
    masks, boxes = [], []
    for annotation in picture.annotations:
        kind, crowd = annotation['class'], annotation['crowd'] is not None
        mask = np.zeros(picture.image.shape[:2], bool)
        if crowd:
            mask |= annotation['crowd'].astype(bool)
            rows, columns = np.nonzero(mask)
            box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        else:
            drawn = rasterise(annotation['polygons'], mask.shape)
            if drawn is None:
                continue
            mask[drawn[1]] = drawn[0]
            points = np.concatenate(annotation['polygons'])
            box = np.concatenate([points.min(0), points.max(0)])
        masks.append(Truth(kind, mask, crowd))
        boxes.append(Truth(kind, box, crowd))
    return masks, boxes


def score_coco(pictures: Sequence[Picture], predict: Predict) -> tuple[AveragePrecision, AveragePrecision]:
    """Average precision by masks and by boxes."""
    by_mask, by_box = AveragePrecision(), AveragePrecision(metrics.box_overlaps)
    for picture in pictures:
        found = predict(picture.image)
        masks, boxes = truths_of(picture)
        by_box.add(boxes, [Detection(one.class_index, one.score, one.box) for one in found])
        if all(one.mask is not None for one in found):
            by_mask.add(masks, [Detection(one.class_index, one.score, one.mask) for one in found])
    return by_mask, by_box


def score_people(pictures: Sequence[Picture], predict: Predict, least: float) -> dict[str, float]:
    """Means of IoU and Boundary IoU: of the union of all people found with a score of `least`, and of the union of
    those that lie in the truth by half or more."""
    rows = []
    for picture in pictures:
        truth, size = picture.mask.astype(bool), picture.mask.shape
        masks = [p.mask for p in predict(picture.image) if p.class_index == PERSON and p.score >= least]
        inside = [m for m in masks if np.count_nonzero(m & truth) >= LEAST_INSIDE * max(1, np.count_nonzero(m))]
        unions = [metrics.union_of(some, size) for some in (masks, inside)]
        rows.append([f(union, truth) for union in unions for f in (metrics.iou, metrics.boundary_iou)])
    names = ('iou', 'boundary_iou', 'iou_matching', 'boundary_iou_matching')
    return dict(zip(names, np.mean(rows, 0).tolist())) if rows else {}


def score_flicker(pictures: Sequence[Picture], predict: Predict, least: float) -> float:
    def people(image: np.ndarray) -> np.ndarray:
        found = [p.mask for p in predict(image) if p.class_index == PERSON and p.score >= least]
        return metrics.union_of(found, image.shape[:2])

    return float(np.mean([metrics.flicker(picture.image, people) for picture in pictures]))


def pictures_of(which: str, folder: pathlib.Path) -> list[Picture]:
    if which == 'val':
        return load(folder / 'instances-val.npz')
    return [picture for picture in load(folder / 'instances-train.npz') if picture.held_back]


def load_predictor(path: pathlib.Path, settings: Settings, device: str) -> Predict:
    """Of a checkpoint of snake.train, or of the converted detector."""
    if 'config' in torch.load(path, map_location='cpu'):
        model = load_model(path)[0].to(device)
        return lambda image: decode.segment(model, image, settings)
    net = CenterNet()
    convert.load_start(net, path)
    net.eval().to(device)
    return lambda image: decode.detect(net, image, settings)


def scores_of(pictures: Sequence[Picture], predict: Predict, least: float, with_flicker: bool = True) -> dict:
    """Everything that is reported. least: score of the people whose union is scored."""
    coco = [picture for picture in pictures if picture.source == 'coco']
    people = [picture for picture in pictures if picture.source == 'people']
    start = time.perf_counter()
    by_mask, by_box = score_coco(coco, predict)
    result = {'pictures': {'coco': len(coco), 'people': len(people)}}
    result['box'] = {'person': by_box.of_class(PERSON), 'mean': by_box.mean()}
    if by_mask.objects:
        result['mask'] = {'person': by_mask.of_class(PERSON), 'mean': by_mask.mean()}
        result['classes'] = {
            CLASSES[kind]: {'objects': by_mask.objects[kind]} | row
            for kind in sorted(by_mask.objects) if (row := by_mask.of_class(kind))
        }  # fmt: skip
        result['people'] = score_people(people, predict, least)
        if with_flicker:
            result['flicker'] = score_flicker(people[:STEADY], predict, least)
    result['seconds'] = time.perf_counter() - start
    return result


def table(result: dict) -> str:
    """The rows of the goals."""
    counts = result['pictures']
    lines = [f'| COCO, {counts["coco"]} pictures | AP | AP50 | AP75 | Boundary AP |', '| --- | --- | --- | --- | --- |']
    for name in ('person', 'mean'):
        for measure in ('mask', 'box'):
            row = result.get(measure, {}).get(name)
            if row:
                edge = f'{row["boundary"]:.3f}' if measure == 'mask' else ''
                cells = ' | '.join(f'{row[measure + end]:.3f}' for end in ('', '50', '75'))
                lines.append(f'| {name}, {measure} | {cells} | {edge} |')
    if result.get('people'):
        row = result['people']
        lines += ['', f'| people, {counts["people"]} pictures | IoU | Boundary IoU |', '| --- | --- | --- |']
        lines.append(f'| union | {row["iou"]:.3f} | {row["boundary_iou"]:.3f} |')
        lines.append(f'| matching instances | {row["iou_matching"]:.3f} | {row["boundary_iou_matching"]:.3f} |')
    if 'flicker' in result:
        lines += ['', f'flicker {result["flicker"]:.4f}']
    return '\n'.join([*lines, f'{result["seconds"]:.0f} s'])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('--pack', choices=['val', 'held-back'], default='val')
    parser.add_argument('--folder', type=pathlib.Path, default=TRAINING / 'build', help='where snake.pack wrote')
    parser.add_argument('--size', type=int, default=Settings.size)
    parser.add_argument('--min-score', type=float, default=0.3, help='of people whose union is scored')
    parser.add_argument('--contours-only', action='store_true', help="masks are the contours' polygons")
    parser.add_argument('--no-flicker', action='store_true')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--json', type=pathlib.Path, help='where to write all of it')
    options = parser.parse_args()
    settings = dataclasses.replace(Settings(), size=options.size, matte=not options.contours_only)
    predict = load_predictor(options.checkpoint, settings, options.device)
    pictures = pictures_of(options.pack, options.folder)
    result = scores_of(pictures, predict, options.min_score, not options.no_flicker)
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == '__main__':
    main()
