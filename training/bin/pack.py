"""Gathers what samples are drawn from in one small folder, for a machine that has nothing else.

    python3 -m bin.pack bin/configs/samples.toml      # once: build/bin-pack, 28 MB

There `bin.samples --data build/bin-pack` takes the place of the configuration's folders. Clips are copied as they are,
photographs are shrunk by half, as bin.samples does anyway; index.tsv names sources and licences.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import shutil

import cv2

from . import licences
from .sampler import load_config
from .samples import TRAINING

QUALITY = 90  # of the JPEGs


def copy_clips(roots: list[pathlib.Path], names: list[str], output: pathlib.Path, unlisted: str) -> list[dict]:
    """Copies the named clips; their rows of the index."""
    rows = []
    for name in names:
        source = next(file for root in roots if (file := root / f'{name}.mp4').exists())
        shutil.copyfile(source, output / source.name)
        listed = {pathlib.Path(row['file']).stem: row for row in licences.rows_of(source.parent)}
        row = listed.get(name, {})
        rows.append({'file': source.name, 'source': row.get('source', ''), 'licence': row.get('licence', unlisted)})
    return rows


def shrink_stills(roots: list[pathlib.Path], output: pathlib.Path) -> list[dict]:
    """Writes the photographs that the folders' indices name, half as large, to `half`; their rows of the index."""
    rows = []
    (output / 'half').mkdir(parents=True, exist_ok=True)
    for root in roots:
        for row in licences.rows_of(root):
            if licences.is_still(pathlib.Path(row['file'])):
                picture = cv2.imread(str(root / row['file']), cv2.IMREAD_REDUCED_COLOR_2)
                file = f'half/{pathlib.Path(row["file"]).name}'
                cv2.imwrite(str(output / file), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
                rows.append({'file': file, 'source': row['source'], 'licence': row['licence']})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--output', type=pathlib.Path, default=TRAINING / 'build' / 'bin-pack')
    options = parser.parse_args()
    config = load_config(options.config)
    roots, stills = ([(TRAINING / root).resolve() for root in given] for given in (config.roots, config.stills))
    options.output.mkdir(parents=True, exist_ok=True)
    rows = copy_clips(roots, [*config.clips, *config.held_back], options.output, config.unlisted)
    rows += shrink_stills(stills, options.output)
    with open(options.output / 'index.tsv', 'w', newline='') as file:
        writer = csv.DictWriter(file, ['file', 'source', 'licence'], delimiter='\t')
        writer.writeheader()
        writer.writerows(rows)
    size = sum(file.stat().st_size for file in options.output.rglob('*') if file.is_file())
    print(f'{options.output}: {len(rows)} files, {size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
