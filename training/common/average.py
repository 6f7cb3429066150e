"""The mean of the weights of runs that began with the same ones (Wortsman et al., "Model soups", ICML 2022, arXiv 2203.05482).

    python3 -m common.average OUT RUN RUN...

Iterations and minutes of the result are sums; all else is the first run's.
"""

from __future__ import annotations

import argparse
import pathlib

import torch
from torch import Tensor

from .checkpoints import save


def averaged(models: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Means of equal names, in each one's own type; counters are the first's. Raises ValueError for other names or shapes."""
    first = models[0]
    for other in models[1:]:
        if {n: v.shape for n, v in other.items()} != {n: v.shape for n, v in first.items()}:
            raise ValueError('The runs are of different nets.')
    return {
        name: torch.stack([model[name].float() for model in models]).mean(0).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in first.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out', type=pathlib.Path)
    parser.add_argument('runs', type=pathlib.Path, nargs='+')
    options = parser.parse_args()
    records = [torch.load(path, map_location='cpu') for path in options.runs]
    total = {name: sum(record[name] for record in records) for name in ('iteration', 'minutes')}
    save(options.out, records[0] | total | {'model': averaged([record['model'] for record in records])})


if __name__ == '__main__':
    main()
