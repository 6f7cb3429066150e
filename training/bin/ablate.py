"""What each part of the pyramid is worth: the same short run for several forms of it.

    python3 -m bin.samples bin/configs/samples.toml --frames 9 --patch 88 --output build/bin-sequences --workers 1 --endless &
    python3 -m bin.ablate bin/configs/ablation.toml --samples build/bin-sequences --bfloat16
"""

from __future__ import annotations

import argparse
import pathlib
import tomllib

import torch
from torch import Tensor

from . import batches, train
from .model import StreamingPyramid


def gains(found: dict[str, Tensor], which: list[int]) -> str:
    """What a net gains over the mean of the warps and over the input at each instant, for the samples `which`."""
    row = lambda made, given: ' '.join(f'{value:.2f}' for value in (found[made] - found[given])[which].mean(0))
    return f'new frames {row("between", "warped")}, frames made sharp {row("frame", "input")}'


def last_of(config: train.TrainConfig) -> StreamingPyramid:
    """The net that a run ended with, averaged: forms are compared at the end, whatever was best on the way."""
    model = StreamingPyramid(config.model)
    record = torch.load(train.TRAINING / 'runs' / config.name / 'last.pt', map_location='cpu')
    model.load_state_dict(record['averaged'])
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--samples', type=pathlib.Path, default=train.TRAINING / 'build' / 'bin-samples')
    parser.add_argument('--bfloat16', action='store_true', help='on a processor that has AVX512_BF16')
    options = parser.parse_args()
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    with open(options.config, 'rb') as file:
        table = tomllib.load(file)
    variants = table.pop('variants')
    for name, changes in variants.items():
        config = train.make_config(
            table | {'name': f'{table["name"]}-{name}', 'model': table['model'] | changes}
        )
        found = train.run(config, options.samples, device, half=options.bfloat16)
        print(f'{name}: ' + ', '.join(f'{key} {value:.2f}' for key, value in found.items()))
        held_back = batches.Samples(options.samples / 'validation', torch.device('cpu'))
        by_time = batches.score(last_of(config), held_back)
        print('  gain at each instant, blurred: ' + gains(by_time, held_back.blurred), flush=True)


if __name__ == '__main__':
    main()
