"""A wider and deeper net that starts where a trained one stands.

    python3 -m addersr.grow checkpoints/light-x2-long.pt runs/standard-start.pt --width 64 --blocks 16

An adder layer has no weight that leaves an input out, but an input that is constantly zero only
moves the sum, and batch norm takes that away. So new channels start (almost) at zero: nothing of
the head, batch norm's gammas small. New blocks stand between the old ones and start (almost) as
the identity, their second gammas small. Everything else is as in a new net.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib

import torch

from common.checkpoints import save

from . import train
from .model import AdderSR, Block

STREAM, INNER = 0.003, 0.01  # batch norm's gammas for what is new


@torch.no_grad()
def copy_block(old: Block, new: Block) -> None:
    """The old block's channels into the first ones of a wider block."""
    for a, b in zip(old.layers, new.layers):
        width = a.body.weight.shape[0]
        b.body.weight[:width, :width] = a.body.weight
        b.norm.weight.fill_(INNER if b is new.layers[0] else STREAM)
        b.norm.weight[:width], b.norm.bias[:width] = a.norm.weight, a.norm.bias


@torch.no_grad()
def grow(model: AdderSR, width: int, blocks: int, seed: int) -> AdderSR:
    """At least as wide and as deep as `model`, and computing nearly the same."""
    torch.manual_seed(seed)
    grown = AdderSR(dataclasses.replace(model.config, width=width, blocks=blocks))
    old = model.config.width
    for tensor, source in ((grown.head.weight, model.head.weight), (grown.head.bias, model.head.bias)):
        tensor *= STREAM
        tensor[:old] = source
    grown.tail.weight[:, :old], grown.tail.bias[:] = model.tail.weight, model.tail.bias
    places = {(i + 1) * blocks // len(model.blocks) - 1: block for i, block in enumerate(model.blocks)}
    for i, block in enumerate(grown.blocks):
        if i in places:
            copy_block(places[i], block)
        else:
            block.layers[1].norm.weight.fill_(STREAM)
    return grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', type=pathlib.Path)
    parser.add_argument('output', type=pathlib.Path)
    parser.add_argument('--width', type=int, required=True)
    parser.add_argument('--blocks', type=int, required=True)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    model, record = train.load_model(options.checkpoint)
    grown = grow(model, options.width, options.blocks, options.seed)
    record['model'] = grown.state_dict()
    record['config']['model'] |= {'width': options.width, 'blocks': options.blocks}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    save(options.output, record)


if __name__ == '__main__':
    main()
