"""Photographs from Debian's wallpaper packages, for training: ``python3 -m addersr.photographs``

Fetches the packages that photographs.tsv names with apt-get, unpacks them into a temporary folder
without installing anything, and writes the pictures shrunk into build/photographs, with an
index.tsv of the columns of shared/data/photos. Needs apt, dpkg and Pillow; where the table names
JPEG XL files also djxl (Debian: libjxl-tools).

Columns of photographs.tsv: suite, package, path in the package, sha256 of the file, licence,
author, box (left, top, right, bottom as shares of the picture: what is kept) and shrink (least
factor, so that noise and compression artefacts of the source vanish).
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import io
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageCms, ImageOps

TABLE = pathlib.Path(__file__).with_suffix('.tsv')
TRAINING = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = TRAINING / 'build' / 'photographs'
SHARED = TRAINING.parent.parent / 'shared' / 'data'
KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
COLUMNS = 'file width height source licence source_size downscale converted_from_profile'.split()
LARGEST = 1.25e6
SIMILAR = 0.9


@dataclasses.dataclass(frozen=True)
class Photograph:
    """One row of photographs.tsv."""

    suite: str
    package: str
    path: str
    sha256: str
    licence: str
    author: str
    box: tuple[float, float, float, float]
    shrink: float


def read_table(path: pathlib.Path) -> list[Photograph]:
    with open(path, newline='') as file:
        rows = list(csv.DictReader(file, delimiter='\t'))
    for row in rows:
        row['box'] = tuple(float(edge) for edge in row['box'].split())
        row['shrink'] = float(row['shrink'])
    return [Photograph(**row) for row in rows]


def pixel_box(box: tuple[float, ...], width: int, height: int) -> tuple[int, int, int, int]:
    """Shares of a picture to whole pixels: left, top, right, bottom."""
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(f'Expected shares in order for box but received {box}')
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def shrink_factor(width: int, height: int, least: float) -> float:
    """At least the given factor, and what brings the picture down to LARGEST pixels."""
    return max(least, math.sqrt(width * height / LARGEST))


def thumbnail(image: Image.Image) -> np.ndarray:
    """Grey 16x16, zero mean, unit norm: [256]."""
    grey = np.asarray(image.convert('L').resize((16, 16), Image.BOX), np.float64).ravel()
    grey -= grey.mean()
    return grey / max(np.linalg.norm(grey), 1e-9)


def near(ours: dict[str, np.ndarray], others: dict[str, np.ndarray]) -> list[tuple]:
    """Pairs that look alike, also mirrored: (correlation, name, name), the nearest first."""
    pairs = []
    names = list(ours)
    for i, name in enumerate(names):
        mirrored = ours[name].reshape(16, 16)[:, ::-1].ravel()
        for other, thumb in [(n, ours[n]) for n in names[:i]] + list(others.items()):
            value = max(ours[name] @ thumb, mirrored @ thumb)
            if value > SIMILAR:
                pairs.append((value, name, other))
    return sorted(pairs, reverse=True)


def to_srgb(image: Image.Image) -> tuple[Image.Image, str]:
    """The picture upright in sRGB, and the name of the profile that it came with, if another."""
    profile = image.info.get('icc_profile')
    image = ImageOps.exif_transpose(image)
    if not profile:
        return image.convert('RGB'), ''
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    name = ImageCms.getProfileDescription(source).strip()
    if 'sRGB' in name:
        return image.convert('RGB'), ''
    target = ImageCms.createProfile('sRGB')
    return ImageCms.profileToProfile(image, source, target, outputMode='RGB'), name


def file_name(photograph: Photograph) -> str:
    """Changes with every value of the row: training caches pictures by their names."""
    stem = pathlib.Path(photograph.path).stem.lower()
    return f'{stem}-{hashlib.sha256(repr(photograph).encode()).hexdigest()[:6]}.jpg'


def reason_left_out(photograph: Photograph, path: pathlib.Path) -> str:
    if not path.exists():
        return 'no longer in the package'
    if hashlib.sha256(path.read_bytes()).hexdigest() != photograph.sha256:
        return 'not the file that was chosen'
    if path.suffix == '.jxl' and not shutil.which('djxl'):
        return 'needs djxl: apt install libjxl-tools'
    return ''


def open_picture(path: pathlib.Path) -> Image.Image:
    if path.suffix != '.jxl':
        return Image.open(path)
    decoded = path.with_suffix('.png')
    subprocess.run(['djxl', path, decoded], check=True, capture_output=True)
    return Image.open(decoded)


class Packages:
    """Debian packages of several suites, fetched and unpacked below a temporary folder."""

    def __init__(self, folder: pathlib.Path, suites: set[str]):
        self.folder = folder
        sites = subprocess.run(
            ['apt-get', 'indextargets', '--format', '$(SITE)', 'Origin: Debian'],
            check=True, capture_output=True, text=True,
        ).stdout.split()
        mirror = next(site for site in sites if not site.endswith('-security'))
        (folder / 'lists' / 'partial').mkdir(parents=True)
        (folder / 'cache' / 'archives' / 'partial').mkdir(parents=True)
        (folder / 'status').touch()
        (folder / 'sources.list').write_text(''.join(
            f'deb [signed-by={KEYRING}] {mirror} {suite} main\n' for suite in sorted(suites)
        ))
        (folder / 'apt.conf').write_text(
            f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
            'Dir::Etc::sourceparts "/dev/null";\n'
            f'Dir::State::lists "{folder}/lists";\n'
            f'Dir::State::status "{folder}/status";\n'
            f'Dir::Cache "{folder}/cache";\n'
            'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";\n'
            'Acquire::Languages "none";\n'
            'APT::Sandbox::User "";\n'
        )
        self.environment = dict(os.environ, APT_CONFIG=str(folder / 'apt.conf'))
        self.apt_get(['update'], folder)

    def apt_get(self, arguments: list[str], folder: pathlib.Path) -> None:
        subprocess.run(
            ['apt-get', '-qq', *arguments], check=True, cwd=folder, env=self.environment
        )

    def unpacked(self, suite: str, package: str) -> pathlib.Path:
        folder = self.folder / suite / package
        if not folder.exists():
            folder.mkdir(parents=True)
            self.apt_get(['download', f'{package}/{suite}'], folder)
            for archive in folder.glob('*.deb'):
                subprocess.run(['dpkg-deb', '-x', archive, folder], check=True)
                archive.unlink()
        return folder


def collect(photographs: list[Photograph], packages: Packages, output: pathlib.Path) -> list[dict]:
    """Writes the pictures; returns the rows of their index. Says what it had to leave out."""
    rows = []
    for photograph in photographs:
        path = packages.unpacked(photograph.suite, photograph.package) / photograph.path
        reason = reason_left_out(photograph, path)
        if reason:
            print(f'left out, {reason}: {photograph.path}', file=sys.stderr)
            continue
        image, profile = to_srgb(open_picture(path))
        kept = image.crop(pixel_box(photograph.box, *image.size))
        factor = shrink_factor(*kept.size, photograph.shrink)
        size = [round(edge / factor) for edge in kept.size]
        kept = kept.resize(size, Image.LANCZOS)
        name = file_name(photograph)
        kept.save(output / name, quality=95, subsampling=0, optimize=True)
        rows.append({
            'file': name, 'width': size[0], 'height': size[1],
            'source': f'{photograph.package} ({photograph.suite}): {photograph.path}',
            'licence': f'{photograph.licence}, {photograph.author}',
            'source_size': '{}x{}'.format(*image.size), 'downscale': f'{factor:.2f}',
            'converted_from_profile': profile,
        })
    return rows


def write_index(rows: list[dict], path: pathlib.Path) -> None:
    with open(path, 'w', newline='') as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter='\t', lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


def thumbnails(paths: list[pathlib.Path], root: pathlib.Path) -> dict[str, np.ndarray]:
    found = {}
    for path in paths:
        with Image.open(path) as image:
            found[str(path.relative_to(root))] = thumbnail(image)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--output', type=pathlib.Path, default=OUTPUT)
    parser.add_argument('--shared', type=pathlib.Path, default=SHARED,
                        help='folder of photos/ and sr-bench/, to report pictures that look alike')
    options = parser.parse_args()
    photographs = read_table(TABLE)
    with tempfile.TemporaryDirectory() as folder:
        packages = Packages(pathlib.Path(folder), {p.suite for p in photographs})
        output = options.output.with_name(options.output.name + '.new')
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        rows = collect(photographs, packages, output)
    write_index(rows, output / 'index.tsv')
    ours = thumbnails(sorted(output.glob('*.jpg')), output)
    shutil.rmtree(options.output, ignore_errors=True)
    output.rename(options.output)
    known = [
        *options.shared.glob('photos/*/*.jpg'),
        *options.shared.glob('sr-bench/*/x2/HR/*.png'),
    ]
    for value, name, other in near(ours, thumbnails(known, options.shared)):
        print(f'alike: {value:.3f} {name} {other}')
    pixels = sum(row['width'] * row['height'] for row in rows)
    print(f'{len(rows)} photographs, {pixels / 1e6:.1f} megapixels in {options.output}')
    return int(len(rows) < len(photographs))


if __name__ == '__main__':
    sys.exit(main())
