"""Trains an AdderSR net from a configuration file.

    OMP_NUM_THREADS=1 python3 -m addersr.train addersr/configs/light-x2.toml [--resume]

Writes runs/NAME/{log.txt,last.pt} and a best-xS.pt per scale, chosen on crops of held-back
photographs. Several scales share head and body: each iteration trains one of them.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import os
import pathlib
import subprocess
import time
import tomllib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import data, degrade, evaluate
from .model import AdderSR, ModelConfig

TRAINING = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Stage:
    """From iteration `start` on, batches of `batch` patches of `patch` low resolution pixels."""

    start: int
    batch: int
    patch: int


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """One run. Rates are Adam's at the top of the cosine."""

    name: str
    iterations: int
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
    decay_from: int = 0  # the rates stay at their top until this iteration
    warmup: int = 100
    clamp: float = 1.5  # the adder weights' limit, held after every step
    average: float = 0.0  # decay of the averaged weights; 0 for none
    # A checkpoint to take the weights from; {scale} in it names one for each scale. A tail of
    # another scale is new.
    start_from: str = ''
    log_every: int = 100
    evaluate_every: int = 2000
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
    return TrainConfig(**table)


def git_commit() -> str:
    run = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=TRAINING, capture_output=True, text=True)
    return run.stdout.strip() or 'unknown'


def rate_at(config: TrainConfig, iteration: int) -> float:
    """Warm-up, perhaps a plateau, then a cosine: the share of the top rate."""
    if iteration < config.warmup:
        return (iteration + 1) / config.warmup
    start = max(config.warmup, config.decay_from)
    progress = max(0, iteration - start) / max(1, config.iterations - start)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return config.rate_end + (1 - config.rate_end) * cosine


def norms_of(model: nn.Module) -> list[nn.BatchNorm2d]:
    return [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]


@torch.no_grad()
def recompute_norms(model: nn.Module, patches: data.Patches, stage: Stage, batches: int = 32) -> None:
    """Takes batch norm's statistics anew: at these rates its running average lags far behind."""
    norms = norms_of(model)
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    device = next(model.parameters()).device
    for _ in range(batches):
        model(patches.draw(stage.batch, stage.patch)[0].to(device))
    for norm in norms:
        norm.momentum = 0.1
    model.eval()


def save(path: pathlib.Path, record: dict) -> None:
    part = path.with_suffix('.part')
    torch.save(record, part)
    os.replace(part, path)


def load_model(path: pathlib.Path) -> tuple[AdderSR, dict]:
    """The net of a checkpoint in 32-bit float, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = AdderSR(dataclasses.replace(make_config(record['config']).model, exact=True))
    model.load_state_dict(record['model'])
    return model.eval(), record


def photographs(
    config: TrainConfig, scale: int | None = None
) -> tuple[list[data.Pair], list[data.Pair]]:
    """(for training, held back) of a configuration, reduced by a scale (else by the model's)."""
    scale = scale or config.model.scale
    pairs = []
    for root in config.photographs:
        pairs += data.load_photographs((TRAINING / root).resolve(), scale)
    parts = data.split(pairs, config.held_back)
    if config.degraded:
        versions = config.degraded
        parts = tuple(part + degrade.degraded(part, scale, versions, i) for i, part in enumerate(parts))
    return parts


def start_of(config: TrainConfig, scale: int) -> pathlib.Path:
    """The checkpoint that a scale starts from."""
    return TRAINING / config.start_from.format(scale=scale)


def shared_models(config: TrainConfig) -> nn.ModuleDict:
    """A net per scale, by its number as text; head and blocks are the same modules in all."""
    models = nn.ModuleDict()
    for scale in config.scales:
        model = AdderSR(dataclasses.replace(config.model, scale=scale))
        for first in models.values():
            model.head, model.blocks = first.head, first.blocks
        models[str(scale)] = model
    if config.start_from:
        for model in models.values():
            start = load_model(start_of(config, model.config.scale))[0]
            state = start.state_dict()
            if start.config.scale != model.config.scale:
                state |= {k: v for k, v in model.state_dict().items() if k.startswith('tail')}
            model.load_state_dict(state)
    return models


def run(config: TrainConfig, device: torch.device, resume: bool = False) -> pathlib.Path:
    """Trains, from runs/NAME/last.pt on if asked, and returns the folder runs/NAME."""
    folder = TRAINING / 'runs' / config.name
    folder.mkdir(parents=True, exist_ok=True)
    if device.type == 'cpu':
        torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
        torch.set_flush_denormal(True)
    torch.manual_seed(config.seed)

    sources = {scale: photographs(config, scale) for scale in config.scales}
    patches = {s: data.Patches(train, s, config.seed + s) for s, (train, _) in sources.items()}
    crops = {
        s: tuple(t.to(device) for t in data.centre_crops(held_back, s, config.crop // s))
        for s, (_, held_back) in sources.items()
    }
    scales = list(config.scales)
    shares = np.array(list(config.scales.values())) / sum(config.scales.values())
    choice = np.random.default_rng(config.seed)

    models = shared_models(config).to(device)
    adder = list(dict.fromkeys(w for model in models.values() for w in model.adder_weights()))
    adder_ids = {id(weight) for weight in adder}
    groups = [
        {'params': [w for w in models.parameters() if id(w) not in adder_ids], 'top': config.rate},
        {'params': adder, 'top': config.rate_adder},
    ]
    optimizer = torch.optim.Adam([g for g in groups if g['params']], betas=(0.9, 0.99), foreach=True)
    averaged = copy.deepcopy(models).requires_grad_(False) if config.average else None

    first, cpu_before, best = 0, 0.0, dict.fromkeys(scales, -math.inf)
    if resume:
        record = torch.load(folder / 'last.pt', map_location=device)
        models.load_state_dict(record['raw'])
        optimizer.load_state_dict(record['optimizer'])
        choice.bit_generator.state = record['random']['choice']
        for scale in scales:
            patches[scale].random.bit_generator.state = record['random'][scale]
        first, cpu_before, best = record['iteration'], record['cpu_minutes'], record['best']
        if averaged:
            averaged.load_state_dict(record['averaged'])
    cpu_start = time.process_time()

    def cpu_minutes() -> float:
        return cpu_before + (time.process_time() - cpu_start) / 60

    log_file = open(folder / 'log.txt', 'a')

    def log(line: str) -> None:
        print(line, flush=True)
        print(line, file=log_file, flush=True)

    train_pairs, held_back = sources[scales[0]]
    parameters = sum(p.numel() for p in models.parameters())
    log(
        f'# {config.name}: {parameters} parameters, {len(train_pairs)} photographs, '
        f'{len(held_back)} held back, commit {git_commit()[:10]}, from iteration {first}'
    )

    def stage_at(iteration: int) -> Stage:
        return [stage for stage in config.stages if stage.start <= iteration][-1]

    def check(iteration: int) -> None:
        """Scores copies with fresh norms on the held-back crops and writes the checkpoints."""
        stage = stage_at(iteration - 1)
        common = {
            'iteration': iteration,
            'cpu_minutes': cpu_minutes(),
            'seed': config.seed,
            'commit': git_commit(),
        }
        words = []
        for scale in scales:
            scored = copy.deepcopy((averaged or models)[str(scale)])
            steady = data.Patches(sources[scale][0], scale, config.seed + 1)
            recompute_norms(scored, steady, stage)
            held = evaluate.crops_psnr(scored, crops[scale], scale)
            words.append(f'x{scale} {held:.3f} dB{" *" if held > best[scale] else ""}')
            if held <= best[scale]:
                continue
            best[scale] = held
            scaled = dataclasses.replace(config, model=scored.config)
            save(
                folder / f'best-x{scale}.pt',
                common
                | {
                    'model': scored.cpu().state_dict(),
                    'config': dataclasses.asdict(scaled),
                    'held_back_psnr': held,
                },
            )
        last = common | {
            'config': dataclasses.asdict(config),
            'raw': models.state_dict(),
            'averaged': averaged.state_dict() if averaged else None,
            'optimizer': optimizer.state_dict(),
            'random': {s: patches[s].random.bit_generator.state for s in scales}
            | {'choice': choice.bit_generator.state},
            'best': best,
        }
        save(folder / 'last.pt', last)
        log(f'{iteration} held-back {", ".join(words)}, cpu {cpu_minutes():.1f} min')

    models.train()
    losses: list[Tensor] = []
    for iteration in range(first, config.iterations):
        share = rate_at(config, iteration)
        for group in optimizer.param_groups:
            group['lr'] = group['top'] * share
        stage = stage_at(iteration)
        scale = scales[choice.choice(len(scales), p=shares)]
        low, high = (t.to(device) for t in patches[scale].draw(stage.batch, stage.patch))
        loss = F.l1_loss(models[str(scale)](low), high)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for weight in adder:
                weight.clamp_(-config.clamp, config.clamp)
            if averaged:
                # Short at first, so that the start is soon forgotten.
                decay = min(config.average, (iteration + 1) / (iteration + 10))
                torch._foreach_mul_(list(averaged.parameters()), decay)
                torch._foreach_add_(
                    list(averaged.parameters()), list(models.parameters()), alpha=1 - decay
                )
        losses.append(loss.detach())
        done = iteration + 1
        if done % config.log_every == 0:
            mean = float(torch.stack(losses).mean())
            losses.clear()
            if not math.isfinite(mean):
                raise FloatingPointError(f'the loss is {mean} at iteration {done}')
            log(f'{done} loss {mean * 255:.4f} rate {share:.4f} cpu {cpu_minutes():.2f} min')
        if done % config.evaluate_every == 0 or done == config.iterations:
            check(done)
            models.train()
    log_file.close()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    options = parser.parse_args()
    run(load_config(options.config), torch.device(options.device), options.resume)


if __name__ == '__main__':
    main()
