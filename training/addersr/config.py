"""A training run's configuration: one TOML file a run."""

from __future__ import annotations

import dataclasses
import math
import pathlib
import tomllib

from common import schedule

from .model import ModelConfig


@dataclasses.dataclass(frozen=True)
class Stage:
    """From `start` on, batches of `batch` patches of `patch` low resolution pixels.

    loss: 'l1', or 'l2' for a run's end: PSNR is about squares, but a net learns more from L1.
    """

    start: float  # iteration, or below 1 share of the run
    batch: int
    patch: int
    loss: str = 'l1'

    def __post_init__(self):
        if self.loss not in ('l1', 'l2'):
            raise ValueError(f"loss must be l1 or l2, not '{self.loss}'")


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """One run. Rates are Adam's at the top of the cosine."""

    name: str
    iterations: int  # without --minutes
    photographs: list[str]
    held_back: list[str]
    stages: list[Stage]
    model: ModelConfig
    scales: dict[int, float] = dataclasses.field(default_factory=dict)  # shares; model's if empty
    degraded: int = 0  # blurred and compressed versions of each photograph, beside the clean one
    seed: int = 1
    rate_adder: float = 0.1
    rate: float = 3e-3
    rate_end: float = 0.0  # where the cosine ends, as a share of its top
    # The rates stay at their top until this iteration, or below 1 this share of the run.
    decay_from: float = 0
    warmup: int = 100
    clamp: float = 1.5  # the adder weights' limit, held after every step
    average: float = 0.0  # decay of the averaged weights; 0 for none
    # A checkpoint to take the weights from; {scale} in it names one for each scale. A tail of
    # another scale is new.
    start_from: str = ''
    # A checkpoint of a better net, {scale} as above, whose pictures are a share of the target.
    teacher: str = ''
    teacher_share: float = 0.5
    # From this share of the run on, the net computes with the 8-bit codes of its export, fitted anew at each evaluation.
    codes_from: float = 1.0
    log_every: int = 100
    evaluate_every: float = 2000  # iterations, or below 1 share of the run
    keep_every: int = 1  # evaluations from one last.pt to the next; the last one always writes it
    crop: int = 192  # side of a validation crop, high resolution pixels


def load_config(path: pathlib.Path) -> TrainConfig:
    with open(path, 'rb') as file:
        return make_config(tomllib.load(file))


def make_config(table: dict) -> TrainConfig:
    table = dict(table)
    table['stages'] = [Stage(**stage) for stage in table['stages']]
    table['model'] = ModelConfig(**table['model'])
    if isinstance(table['photographs'], str):
        table['photographs'] = [table['photographs']]
    table['scales'] = {int(s): share for s, share in table.get('scales', {}).items()}
    table['scales'] = table['scales'] or {table['model'].scale: 1.0}
    if len(table['scales']) > 1 and table.get('codes_from', 1) < 1:
        raise ValueError('scales that share a body each have grids of their own: codes_from takes one scale')
    if table['model'].layer != 'adder' and table.get('codes_from', 1) < 1:
        raise ValueError('only adder layers have an 8-bit form: codes_from takes a net of them')
    return TrainConfig(**table)


def rate_at(config: TrainConfig, iteration: int, progress: float) -> float:
    """Warm-up, perhaps a plateau, then a cosine over the run: the share of the top rate."""
    if iteration < config.warmup:
        return (iteration + 1) / config.warmup
    decay_from = schedule.share(config.decay_from, config.iterations)
    start = max(config.warmup / config.iterations, decay_from)
    fallen = min(1.0, max(0.0, progress - start) / max(1e-9, 1 - start))
    cosine = 0.5 * (1 + math.cos(math.pi * fallen))
    return config.rate_end + (1 - config.rate_end) * cosine


def stage_at(config: TrainConfig, progress: float) -> Stage:
    started = (s for s in config.stages if schedule.share(s.start, config.iterations) <= progress)
    return list(started)[-1]
