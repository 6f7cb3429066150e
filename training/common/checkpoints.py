"""Checkpoints: written whole or not at all, with the commit that trained them."""

from __future__ import annotations

import os
import pathlib
import subprocess

import torch

TRAINING = pathlib.Path(__file__).resolve().parent.parent


def git_commit() -> str:
    """The commit that trains; CLEARCUT_COMMIT names it where the files came without git."""
    if 'CLEARCUT_COMMIT' in os.environ:
        return os.environ['CLEARCUT_COMMIT']
    run = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=TRAINING, capture_output=True, text=True)
    return run.stdout.strip() or 'unknown'


def save(path: pathlib.Path, record: dict) -> None:
    part = path.with_suffix('.part')
    torch.save(record, part)
    os.replace(part, path)
