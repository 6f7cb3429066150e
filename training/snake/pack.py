"""The photographs with masks that Deep Snake learns from, in one file that fits beside the code.

    python3 -m snake.pack [--instances ../../shared/data/instances] [--photos ../../shared/data/photos]

writes build/instances-train.npz (smaller pictures, recoded) and build/instances-val.npz (as given, for reporting
alone). Every so many pictures of the first are held back: a run's checkpoint is chosen by them.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import pathlib
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from .classes import COCO_IDS

TRAINING = pathlib.Path(__file__).resolve().parent.parent
LONGEST = {'coco': 512, 'people': 448, 'background': 400}  # pixels of a packed picture
MOST_BYTES = 27_000_000  # with the validation pack and the code it travels to a GPU in one go
WEBP_QUALITY = 77  # smaller by a third than JPEG that looks alike
HELD_BACK = {'coco': 16, 'people': 24}  # every so many pictures
STEPS = 8  # of a polygon's coordinate, a pixel
# Photographs hs_NUMBER whose one mask holds several people (or dressmaker's dummies), told by eye.
GROUPS = {
    8, 13, 18, 19, 23, 28, 61, 75, 88, 89, 90, 91, 92, 93, 94, 107, 193, 194, 197, 201, 202, 206, 207, 209, 210, 213,
    214, 216, 219, 221, 223, 225, 227, 229, 234, 236, 237, 238, 239, 240, 241, 244, 245, 247, 248, 249, 251, 252, 253,
    254, 260, 263, 266, 267, 268, 272, 273, 276, 277, 280, 289,
}  # fmt: skip
# Photographs for backgrounds that show people or parts of them.
WITH_PEOPLE = {'p003', 'p012', 'p014', 'p018', 'p021', 'p025', 'p033', 'p037', 'p042'}


@dataclasses.dataclass
class Picture:
    """One photograph. polygons of `annotations` are in its pixels, (0, 0) the outer corner.

    source: 'coco' (every object of the 80 classes is annotated), 'people' (`mask` holds the person) or
    'background' (shows nobody). annotations: {'class', 'polygons': float32 [V, 2] each, 'crowd': uint8 mask or None}.
    """

    name: str
    source: str
    licence: str
    held_back: bool
    image: np.ndarray  # uint8 RGB [h, w, 3]
    mask: np.ndarray | None = None  # uint8 0 or 1 [h, w]
    group: bool = False  # the mask holds several people
    annotations: list[dict] = dataclasses.field(default_factory=list)


def decode_rle(counts: list[int], size: tuple[int, int]) -> np.ndarray:
    """COCO's uncompressed runs, column by column from background on -> uint8 [h, w]."""
    values = np.arange(len(counts)) % 2
    return np.repeat(values, counts).reshape(size[::-1]).T.astype(np.uint8)


def is_group(name: str) -> bool:
    kind, _, number = name.partition('_')
    return kind == 'hs' and int(number) in GROUPS


class Writer:
    """Gathers pictures as bytes in one array and what is told of them as JSON."""

    def __init__(self, quality: int | None):
        self.quality, self.parts, self.rows, self.size = quality, [], [], 0

    def keep(self, data: bytes) -> list[int]:
        place = [self.size, len(data)]
        self.parts.append(data)
        self.size += len(data)
        return place

    def image(self, path: pathlib.Path, longest: int) -> tuple[list[int], float]:
        """Place of the coded picture and the scale it was brought to."""
        if self.quality is None:
            return self.keep(path.read_bytes()), 1.0
        image = cv2.imread(str(path))
        scale = min(1.0, longest / max(image.shape[:2]))
        if scale < 1:
            size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        code = cv2.imencode('.webp', image, [cv2.IMWRITE_WEBP_QUALITY, self.quality])[1]
        return self.keep(code.tobytes()), scale

    def mask(self, mask: np.ndarray, scale: float) -> list[int]:
        """A mask of 0 and 1 as PNG of one bit."""
        full = mask * np.uint8(255)
        if scale < 1:
            size = (round(mask.shape[1] * scale), round(mask.shape[0] * scale))
            full = cv2.resize(full, size, interpolation=cv2.INTER_AREA)
        bilevel = np.where(full > 127, np.uint8(255), np.uint8(0))
        options = [cv2.IMWRITE_PNG_BILEVEL, 1, cv2.IMWRITE_PNG_COMPRESSION, 9]
        return self.keep(cv2.imencode('.png', bilevel, options)[1].tobytes())

    def add_coco(self, folder: pathlib.Path, split: str) -> None:
        listed = json.loads((folder / f'{split}.json').read_text())
        licences = {row['id']: row['name'] for row in listed['licenses']}
        of_image = {row['id']: [] for row in listed['images']}
        for annotation in listed['annotations']:
            of_image[annotation['image_id']].append(annotation)
        for index, row in enumerate(listed['images']):
            place, scale = self.image(folder / 'images' / row['file_name'], LONGEST['coco'])
            annotations = []
            for annotation in of_image[row['id']]:
                told = {'class': COCO_IDS.index(annotation['category_id'])}
                shape = annotation['segmentation']
                if annotation['iscrowd']:
                    told['crowd'] = self.mask(decode_rle(shape['counts'], shape['size']), scale)
                else:
                    told['polygons'] = [[round(v * scale * STEPS) for v in polygon] for polygon in shape]
                annotations.append(told)
            self.rows.append({
                'name': row['file_name'], 'source': 'coco', 'licence': licences[row['license']], 'image': place,
                'held_back': split == 'train' and index % HELD_BACK['coco'] == 0, 'annotations': annotations,
            })  # fmt: skip

    def add_people(self, folder: pathlib.Path, split: str) -> None:
        with open(folder / 'index.tsv', newline='') as file:
            rows = [row for row in csv.DictReader(file, delimiter='\t') if row['split'] == split]
        for index, row in enumerate(rows):
            place, scale = self.image(folder / row['image'], LONGEST['people'])
            mask = (cv2.imread(str(folder / row['mask']), cv2.IMREAD_GRAYSCALE) > 127).astype(np.uint8)
            self.rows.append({
                'name': pathlib.Path(row['image']).name, 'source': 'people', 'licence': row['licence'],
                'image': place, 'mask': self.mask(mask, scale), 'group': is_group(pathlib.Path(row['image']).stem),
                'held_back': split == 'train' and index % HELD_BACK['people'] == 0,
            })  # fmt: skip

    def add_backgrounds(self, folder: pathlib.Path) -> None:
        with open(folder / 'index.tsv', newline='') as file:
            rows = [row for row in csv.DictReader(file, delimiter='\t') if row['file'].startswith('large/')]
        for row in rows:
            path = folder / row['file']
            if path.stem not in WITH_PEOPLE:
                told = {'name': path.name, 'source': 'background', 'licence': row['licence'], 'held_back': False}
                self.rows.append(told | {'image': self.image(path, LONGEST['background'])[0]})

    def save(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = np.frombuffer(json.dumps(self.rows, separators=(',', ':')).encode(), np.uint8)
        np.savez(path, rows=rows, data=np.frombuffer(b''.join(self.parts), np.uint8))


def make_train(instances: pathlib.Path, photos: pathlib.Path) -> Writer:
    writer = Writer(WEBP_QUALITY)
    writer.add_coco(instances / 'coco', 'train')
    writer.add_people(instances / 'people', 'train')
    writer.add_backgrounds(photos)
    if writer.size > MOST_BYTES:
        raise ValueError(f'Expected at most {MOST_BYTES} bytes of photographs but received {writer.size}')
    return writer


def make_val(instances: pathlib.Path) -> Writer:
    writer = Writer(None)
    writer.add_coco(instances / 'coco', 'val')
    writer.add_people(instances / 'people', 'val')
    return writer


def load(path: pathlib.Path, threads: int = 4) -> list[Picture]:
    """All pictures of a pack, decoded."""
    # A worker forked later would wait for OpenCV's own threads, which stay behind.
    cv2.setNumThreads(0)
    with np.load(path) as arrays:
        rows, data = json.loads(arrays['rows'].tobytes()), arrays['data']

    def decoded(place: list[int], flag: int) -> np.ndarray:
        return cv2.imdecode(data[place[0] : place[0] + place[1]], flag)

    def mask_at(place: list[int]) -> np.ndarray:
        return (decoded(place, cv2.IMREAD_GRAYSCALE) > 127).astype(np.uint8)

    def picture(row: dict) -> Picture:
        annotations = [
            {
                'class': told['class'],
                'polygons': [np.array(p, np.float32).reshape(-1, 2) / STEPS for p in told.get('polygons', [])],
                'crowd': mask_at(told['crowd']) if 'crowd' in told else None,
            }
            for told in row.get('annotations', [])
        ]
        return Picture(
            row['name'], row['source'], row['licence'], row['held_back'],
            np.ascontiguousarray(decoded(row['image'], cv2.IMREAD_COLOR)[:, :, ::-1]),
            mask_at(row['mask']) if 'mask' in row else None, row.get('group', False), annotations,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(picture, rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    shared = TRAINING.parent.parent / 'shared' / 'data'
    parser.add_argument('--instances', type=pathlib.Path, default=shared / 'instances')
    parser.add_argument('--photos', type=pathlib.Path, default=shared / 'photos')
    parser.add_argument('--output', type=pathlib.Path, default=TRAINING / 'build')
    options = parser.parse_args()
    for split, writer in (
        ('train', make_train(options.instances, options.photos)),
        ('val', make_val(options.instances)),
    ):
        path = options.output / f'instances-{split}.npz'
        writer.save(path)
        held_back = sum(row['held_back'] for row in writer.rows)
        groups = sum(row.get('group', False) for row in writer.rows)
        print(
            f'{path.name}: {len(writer.rows)} pictures, {held_back} held back, {groups} groups, '
            f'{path.stat().st_size / 1e6:.1f} MB, {f"WebP quality {writer.quality}" if writer.quality else "as given"}'
        )


if __name__ == '__main__':
    main()
