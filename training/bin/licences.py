"""Whose clips and photographs samples were drawn from, as the folders' index.tsv tell it."""

from __future__ import annotations

import csv
import pathlib
from collections import Counter


def rows_of(root: pathlib.Path) -> list[dict[str, str]]:
    index = root / 'index.tsv'
    if not index.exists():
        return []
    with open(index, newline='') as file:
        return list(csv.DictReader(file, delimiter='\t'))


def counted(pairs: list[tuple[str, str]]) -> list[dict]:
    """[{name, licence, count}], the most frequent first."""
    return [{'name': name, 'licence': licence, 'count': n} for (name, licence), n in Counter(pairs).most_common()]


def of_sources(roots: list[pathlib.Path], names: list[str], unlisted: str) -> list[dict]:
    """Sources of the named clips; `unlisted` is the licence of those whose index tells none."""
    found = {}
    for root in roots:
        for row in rows_of(root):
            name = pathlib.Path(row.get('file') or row['name']).stem
            found.setdefault(name, (row.get('source') or root.name, row.get('licence') or unlisted))
    return counted([found[name] for name in names])


def of_photographs(roots: list[pathlib.Path]) -> list[dict]:
    """Collections of the photographs that layers are made of: what stands before a colon, or all."""
    rows = [row for root in roots for row in rows_of(root) if is_still(pathlib.Path(row.get('file', '')))]
    return counted([(row['source'].split(':')[0], row['licence']) for row in rows])


def is_still(file: pathlib.Path) -> bool:
    """Whether a row of an index is one of the photographs that bin.samples.load_stills reads."""
    return file.suffix == '.jpg' and file.parent.name in ('', 'large', 'half')
