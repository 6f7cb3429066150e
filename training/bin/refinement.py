"""New frames once more, when both neighbours are sharp: the third level of BIN's pyramid (M2 in fig. 2 of arXiv 2002.12259), on a
motion estimate between frames that the second level has made sharp.

It is a net and a graph of its own, since that estimate stands between two calls: dense inverse search, which no graph holds.
"""

from __future__ import annotations

import dataclasses
import pathlib

import torch
from torch import Tensor, nn

from .backbone import Backbone, BackboneConfig
from .model import mean_of, share_of_change

# Of a call, in this order: two frames made sharp, both warped to their middle, and the frame between them as it was made first.
PICTURES = ('sharp_previous', 'sharp_next', 'warped_previous', 'warped_next', 'between')


class Refinement(nn.Module):
    """Pictures [N,3,H,W], PICTURES and the frame that `sharp_previous` was made of -> [N,3,H,W]."""

    def __init__(self, backbone: BackboneConfig):
        super().__init__()
        self.net = Backbone(len(PICTURES), backbone, differences=True)

    def better(self, *pictures: Tensor) -> Tensor:
        """PICTURES -> the new frame, of blurred input."""
        *_, warped_previous, warped_next, between = pictures
        # Either alone is worse than both: a correction of `between` learned 0.08 dB less in the same time.
        base = mean_of([between, between, warped_previous, warped_next])
        return self.net(list(pictures), base)

    def forward(self, *given: Tensor) -> Tensor:
        """Where `frame` was sharp already, `between` is motion's alone and stays (StreamingPyramid.settled): up to twice the change,
        since here even little of the net costs sharp pictures more than blurred ones gain (training/LOG.md)."""
        *pictures, frame = given
        between, sharp = pictures[-1], pictures[0]
        share = (2 * share_of_change(sharp - frame, self.net.shuffle) - 1).clamp(min=0)
        return between + share * (self.better(*pictures) - between)


def load_refinement(path: pathlib.Path) -> tuple[Refinement, dict]:
    """The net of a checkpoint of bin.train_refinement, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = Refinement(BackboneConfig(**record['config']['backbone']))
    model.load_state_dict(record['model'])
    return model.eval(), record


def operations(model: Refinement) -> int:
    """Multiply-adds for each pixel of a new frame."""
    weights = sum(m.weight.numel() for m in model.modules() if isinstance(m, nn.Conv2d))
    return round(weights / model.net.shuffle**2)
