"""What each part of the pyramid is worth: the same short run for several forms of it.

    python3 -m bin.ablate bin/configs/ablation.toml [--samples DIR]
"""

from __future__ import annotations

import argparse
import pathlib
import tomllib

import torch

from . import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--samples', type=pathlib.Path, default=train.TRAINING / 'build' / 'bin-samples')
    options = parser.parse_args()
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    with open(options.config, 'rb') as file:
        table = tomllib.load(file)
    variants = table.pop('variants')
    for name, changes in variants.items():
        changed = table | {'name': f'{table["name"]}-{name}', 'model': table['model'] | changes}
        found = train.run(train.make_config(changed), options.samples, device)
        print(f'{name}: ' + ', '.join(f'{key} {value:.2f}' for key, value in found.items()), flush=True)


if __name__ == '__main__':
    main()
