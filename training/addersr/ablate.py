"""What each part of the net is worth at equal training: docs/models/addersr.md has the table.

    OMP_NUM_THREADS=1 python3 -m addersr.ablate addersr/configs/ablation.toml

Every variant gets the same photographs, patches, seed, iterations and rates.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib

import torch

from . import data, evaluate, train
from .config import load_config
from .export import BENCHMARK

VARIANTS = {
    'plain adder layers, no shortcut': {'form': 'plain'},
    'published order': {'form': 'published'},
    'published order, power activation': {'form': 'published', 'power': True},
    'block order': {'form': 'block'},
    'block order, power activation': {'form': 'block', 'power': True},
    'block order, convolutions (the twin)': {'form': 'block', 'layer': 'conv'},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    options = parser.parse_args()
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    config = load_config(options.config)
    lines = []
    for i, (title, changes) in enumerate(VARIANTS.items()):
        variant = dataclasses.replace(
            config,
            name=f'{config.name}-{i}',
            model=dataclasses.replace(config.model, **changes),
        )
        folder = train.run(variant, device)
        model, record = train.load_model(folder / f'best-x{config.model.scale}.pt')
        cells = [title, f"{record['held_back_psnr']:.2f}"]
        for name in ('Set5', 'Set14'):
            pairs = data.load_benchmark(BENCHMARK / name, model.config.scale)
            score = evaluate.score(model, pairs, model.config.scale)
            cells.append(f"{score['psnr']:.2f} / {score['ssim']:.4f}")
        cells.append(f"{record['cpu_minutes']:.1f}")
        lines.append('| ' + ' | '.join(cells) + ' |')
        print(lines[-1], flush=True)
    header = ['layers', 'held back', 'Set5', 'Set14', 'CPU minutes']
    print('| ' + ' | '.join(header) + ' |', '|' + ' --- |' * len(header), *lines, sep='\n')


if __name__ == '__main__':
    main()
