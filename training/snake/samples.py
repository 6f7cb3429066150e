"""Composes what Deep Snake is trained on: an endless stream of photographs with cut-outs over them.

    python3 -m snake.samples [--pack build/instances-train.npz] [--count 40] [--sheet sheet.png]

draws samples, says how long one takes, and shows them with their targets on a sheet. Sample i of a seed is the same
however many workers draw.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import time
from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from . import compose, instances, light
from .classes import PERSON
from .geometry import CONTOUR_POINTS
from .pack import TRAINING, Picture, load

MOST_INSTANCES = 24
SMALLEST_SIDE = 4  # pixels: smaller boxes are ignored altogether
LEAST_VISIBLE = 0.12  # of an object's area, below which it is ignored


@dataclasses.dataclass(frozen=True)
class Mix:
    """How often what is drawn."""

    coco: float = 0.5  # of the samples; backgrounds without people `background`, people the rest
    background: float = 0.06
    with_people: float = 0.7  # of COCO's pictures
    pasted: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)  # none, one, two, three
    pasted_people: float = 0.75  # of the cut-outs
    tiny: float = 0.2  # of the photographs of people, shown small
    flip: float = 0.5
    turn: float = 0.175  # radians, at most


class Composer:
    """Draws samples of size x size pixels from a pack's pictures."""

    def __init__(self, pictures: list[Picture], size: int = 512, mix: Mix | None = None):
        self.pictures, self.size, self.mix = pictures, size, mix or Mix()
        self.camera = light.Camera()
        self.cutouts = compose.cutouts_of(pictures)
        self.people_cutouts = [cutout for cutout in self.cutouts if cutout.class_index == PERSON]
        self.other_cutouts = [cutout for cutout in self.cutouts if cutout.class_index != PERSON]
        kinds = {'people': [], 'background': [], 'with people': [], 'without people': []}
        for index, picture in enumerate(pictures):
            kind = picture.source
            if kind == 'coco':
                people = any(annotation['class'] == PERSON for annotation in picture.annotations)
                kind = 'with people' if people else 'without people'
            kinds[kind].append(index)
        self.kinds = kinds
        self.empty = kinds['background'] + kinds['without people']

    def pick(self, random: np.random.Generator, indices: list[int]) -> int:
        return indices[int(random.integers(len(indices)))]

    def base(self, random: np.random.Generator) -> tuple[int, str]:
        """Index of a sample's photograph and its kind."""
        chance = random.random()
        if chance < self.mix.coco:
            kind = 'with people' if random.random() < self.mix.with_people else 'without people'
        else:
            kind = 'background' if chance < self.mix.coco + self.mix.background else 'people'
        kinds = [kind, *self.kinds]
        kind = next(kind for kind in kinds if self.kinds[kind])  # small packs may lack some
        return self.pick(random, self.kinds[kind]), kind

    def fit(self, picture: Picture) -> float:
        """Scale at which a picture just fits the canvas."""
        return self.size / max(picture.image.shape[:2])

    def placed(self, picture: Picture, random: np.random.Generator, scale: float) -> np.ndarray:
        """A picture's way to the canvas: all of it visible where it fits, else a part, shifted at random."""
        h, w = picture.image.shape[:2]
        middle = self.size / 2
        to = []
        for side in (w * scale, h * scale):
            reach = abs(self.size - side) / 2
            to.append(middle + random.uniform(-reach, reach))
        angle = random.uniform(-self.mix.turn, self.mix.turn) if random.random() < 0.5 else 0.0
        return compose.similarity(scale, angle, random.random() < self.mix.flip, (w / 2, h / 2), tuple(to))

    def surroundings(self, random: np.random.Generator, picture: Picture, coco: bool) -> compose.Canvas:
        """A canvas of one colour, of the picture itself out of focus, or of a photograph that shows nobody."""
        canvas = compose.Canvas.blank(self.size, random.integers(0, 256, 3 if random.random() < 0.5 else 1))
        chance = random.random()
        fillers = self.kinds['without people'] if coco else self.empty
        if chance < 0.5 and fillers:
            filler = self.pictures[self.pick(random, fillers)]
            scale = self.size / min(filler.image.shape[:2]) * random.uniform(1, 1.3)
            compose.paint_picture(canvas, filler, self.placed(filler, random, scale))
        elif chance < 0.75:
            small = cv2.resize(picture.image, (7, 7), interpolation=cv2.INTER_AREA)
            canvas.image = cv2.resize(small, (self.size, self.size), interpolation=cv2.INTER_CUBIC)
        return canvas

    def scale_of(self, random: np.random.Generator, kind: str) -> float:
        if kind == 'background':
            return random.uniform(1.0, 1.8)
        if kind == 'people':
            low, high = (0.16, 0.5) if random.random() < self.mix.tiny else (0.5, 1.8)
            return float(np.exp(random.uniform(np.log(low), np.log(high))))
        return random.uniform(0.6, 1.5)

    def paste(self, canvas: compose.Canvas, random: np.random.Generator, base: int) -> None:
        """One cut-out of another photograph on top."""
        cutouts = self.people_cutouts if random.random() < self.mix.pasted_people else self.other_cutouts
        if not cutouts:
            return
        cutout = cutouts[int(random.integers(len(cutouts)))]
        if cutout.picture == base:
            return
        h, w = cutout.mask.shape
        longest = np.exp(random.uniform(np.log(50), np.log(1.2 * self.size)))
        scale = min(longest / max(h, w), 1.7)
        x, y = random.uniform(0, self.size, 2)
        if cutout.at_bottom and h * scale > self.size / 4 and random.random() < 0.8:
            y = self.size - h * scale * random.uniform(0.25, 0.5)
        angle = random.uniform(-self.mix.turn, self.mix.turn) if random.random() < 0.5 else 0.0
        matrix = compose.similarity(scale, angle, random.random() < self.mix.flip, (w / 2, h / 2), (x, y))
        compose.paint_cutout(canvas, cutout, matrix, random)

    def draw(self, random: np.random.Generator) -> dict[str, np.ndarray | str]:
        """One sample; see `collate` for what is in it."""
        base, kind = self.base(random)
        picture = self.pictures[base]
        coco = picture.source == 'coco'
        canvas = self.surroundings(random, picture, coco)
        matrix = self.placed(picture, random, self.fit(picture) * self.scale_of(random, kind))
        compose.paint_picture(canvas, picture, matrix)
        count = int(random.choice(len(self.mix.pasted), p=self.mix.pasted))
        if kind in ('background', 'without people') and random.random() < 0.8:
            count = max(1, count)
        for _ in range(count):
            self.paste(canvas, random, base)
        canvas.image = self.camera.shoot(canvas.image, random)
        return finished(canvas, 'coco' if coco else 'people')

    def sample(self, seed: int, index: int) -> dict[str, np.ndarray | str]:
        return self.draw(np.random.default_rng([seed, index]))


def finished(canvas: compose.Canvas, source: str) -> dict[str, np.ndarray | str]:
    """Objects as far as they are visible, the largest first; of photographs of people, people alone."""
    boxes, areas = {}, {}
    counts = np.bincount(canvas.ids.ravel(), minlength=compose.painted(len(canvas.classes)) + 1)
    ids = np.where(canvas.ids == compose.IGNORE, np.uint8(compose.IGNORE), np.uint8(0))
    for index, class_index in enumerate(canvas.classes):
        value = compose.painted(index)
        if not counts[value] or (source == 'people' and class_index != PERSON):
            continue
        mask = cv2.inRange(canvas.ids, value, value)
        box = instances.box_of(mask)
        visible = counts[value] / max(1.0, canvas.areas[index])
        if min(box[2] - box[0], box[3] - box[1]) < SMALLEST_SIDE or visible < LEAST_VISIBLE:
            ids[mask > 0] = compose.IGNORE
        else:
            boxes[index], areas[index] = box, counts[value]
    order = sorted(boxes, key=lambda index: -areas[index])
    for index in order[MOST_INSTANCES:]:
        ids[canvas.ids == compose.painted(index)] = compose.IGNORE
    order = order[:MOST_INSTANCES]
    n = len(order)
    contours, extremes = np.zeros((n, CONTOUR_POINTS, 2), np.float32), np.zeros((n, 4, 2), np.float32)
    has_contour = np.zeros(n, bool)
    for k, index in enumerate(order):
        x0, y0, x1, y1 = boxes[index]
        part = canvas.ids[y0:y1, x0:x1] == compose.painted(index)
        small = min(x1 - x0, y1 - y0) < instances.SMALLEST_SIDE
        ids[y0:y1, x0:x1][part] = compose.IGNORE if small else k + 1
        if small:
            continue
        outline = instances.outline_of(part)
        has_contour[k] = outline.share >= instances.LARGEST_SHARE
        contours[k], extremes[k] = outline.contour + (x0, y0), outline.extremes + (x0, y0)
    other = canvas.other
    if source == 'people':
        other = np.where(canvas.person == 1, np.uint8(0), np.uint8(compose.UNKNOWN))
    return {
        'image': np.ascontiguousarray(canvas.image), 'ids': ids, 'person': canvas.person, 'other': other,
        'classes': np.array([canvas.classes[index] for index in order], np.int64).reshape(n),
        'boxes': np.array([boxes[index] for index in order], np.float32).reshape(n, 4),
        'contours': contours, 'extremes': extremes, 'has_contour': has_contour, 'source': source,
    }  # fmt: skip


class SampleStream(IterableDataset):
    """Samples first, first + 1, … of a seed, without end, dealt out among a loader's workers."""

    def __init__(self, composer: Composer, seed: int = 1, first: int = 0):
        self.composer, self.seed, self.first = composer, seed, first

    def __iter__(self) -> Iterator[dict[str, np.ndarray | str]]:
        cv2.setNumThreads(0)
        worker = get_worker_info()
        step, index = (worker.num_workers, self.first + worker.id) if worker else (1, self.first)
        while True:
            yield self.composer.sample(self.seed, index)
            index += step


def collate(samples: list[dict]) -> dict[str, Tensor]:
    """A batch; objects padded to 24.

    image uint8 [B, 3, S, S]; ids uint8 [B, S, S] (0 background, k the k-th object, 255 ignored: crowds, groups,
    unlabelled or too small); person, other uint8 [B, S, S] (0, 1, 255 unknown); classes int64 [B, 24] (-1 padding);
    boxes float32 [B, 24, 4] x0, y0, x1, y1 of what is visible; contours [B, 24, 128, 2], extremes [B, 24, 4, 2];
    has_contour bool [B, 24]; people bool [B]: only people are labelled, and maybe not all.
    """
    batch = {key: torch.from_numpy(np.stack([s[key] for s in samples])) for key in ('image', 'ids', 'person', 'other')}
    batch['image'] = batch['image'].permute(0, 3, 1, 2).contiguous()
    for key, padding in (('classes', -1), ('boxes', 0), ('contours', 0), ('extremes', 0), ('has_contour', 0)):
        first = samples[0][key]
        padded = np.full((len(samples), MOST_INSTANCES, *first.shape[1:]), padding, first.dtype)
        for row, sample in zip(padded, samples):
            row[: len(sample[key])] = sample[key]
        batch[key] = torch.from_numpy(padded)
    batch['people'] = torch.tensor([sample['source'] == 'people' for sample in samples])
    return batch


def training_pictures(path: pathlib.Path) -> list[Picture]:
    """All of a pack but those held back."""
    return [picture for picture in load(path) if not picture.held_back]


def drawn(sample: dict) -> np.ndarray:
    """A sample with its contours, boxes, extreme points; ignored pixels grey, people red, others blue."""
    shown = sample['image'].astype(np.float32)
    for mask, colour in (
        (sample['person'] == 1, (255, 0, 0)), (sample['other'] == 1, (0, 0, 255)), (sample['ids'] == 255, (160,) * 3),
    ):  # fmt: skip
        shown[mask] = shown[mask] * 0.7 + np.float32(colour) * 0.3
    shown = np.ascontiguousarray(shown.astype(np.uint8))
    for k, box in enumerate(sample['boxes']):
        corners = [(int(box[0]), int(box[1])), (int(box[2]) - 1, int(box[3]) - 1)]
        cv2.rectangle(shown, *corners, (255, 255, 0) if sample['has_contour'][k] else (255, 0, 255), 1)
        if sample['has_contour'][k]:
            points = np.rint((sample['contours'][k] - 0.5) * 8).astype(np.int32)
            cv2.polylines(shown, [points], True, (0, 255, 0), 1, cv2.LINE_AA, 3)
            cv2.circle(shown, tuple(points[0] // 8), 4, (0, 255, 255), -1)
            for point in sample['extremes'][k]:
                cv2.circle(shown, tuple(int(v) for v in point), 2, (255, 128, 0), -1)
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--pack', type=pathlib.Path, default=TRAINING / 'build' / 'instances-train.npz')
    parser.add_argument('--count', type=int, default=40)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--sheet', type=pathlib.Path)
    options = parser.parse_args()
    cv2.setNumThreads(0)
    composer = Composer(training_pictures(options.pack))
    print({kind: len(indices) for kind, indices in composer.kinds.items()})
    print(f'{len(composer.people_cutouts)} cut-outs of people, {len(composer.other_cutouts)} of other objects')
    start = time.process_time()
    samples = [composer.sample(options.seed, index) for index in range(options.count)]
    print(f'{(time.process_time() - start) / options.count * 1e3:.1f} ms a sample')
    if options.sheet:
        tiles = [drawn(sample) for sample in samples]
        tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 5)
        rows = [np.hstack(tiles[first : first + 5]) for first in range(0, len(tiles), 5)]
        cv2.imwrite(str(options.sheet), np.vstack(rows)[:, :, ::-1])


if __name__ == '__main__':
    main()
