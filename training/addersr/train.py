"""Trains an AdderSR net from a configuration file.

    OMP_NUM_THREADS=1 python3 -m addersr.train addersr/configs/light-x2.toml [--resume]
    python3 -m addersr.train addersr/configs/standard-gpu.toml --minutes 60     # on an NVIDIA GPU

Writes runs/NAME/{log.txt,last.pt} and a best-xS.pt per scale, chosen on crops of held-back
photographs. Several scales share head and body: each iteration trains one of them.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from common import learning, schedule
from common.checkpoints import TRAINING, git_commit, save
from common.graphed import Graphed

from . import adder, data, degrade, evaluate, grids, teaching
from .config import Stage, TrainConfig, load_config, make_config, rate_at, stage_at
from .device_patches import DevicePatches
from .model import AdderSR


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


def load_model(path: pathlib.Path) -> tuple[AdderSR, dict]:
    """The net of a checkpoint in 32-bit float, ready to use, and the checkpoint."""
    record = torch.load(path, map_location='cpu')
    model = AdderSR(dataclasses.replace(make_config(record['config']).model, exact=True))
    model.load_state_dict(record['model'])
    return model.eval(), record


def photographs(
    config: TrainConfig, scale: int | None = None, roots: list[str] | None = None
) -> tuple[list[data.Pair], list[data.Pair]]:
    """(for training, held back) of a configuration, reduced by a scale (else by the model's).

    roots: where the photographs are, in place of the folders that the configuration names.
    """
    scale = scale or config.model.scale
    pairs = []
    for root in roots or config.photographs:
        pairs += data.load_photographs((TRAINING / root).resolve(), scale)
    parts = data.split(pairs, config.held_back)
    if config.degraded:
        versions = config.degraded
        parts = tuple(part + degrade.degraded(part, scale, versions, i) for i, part in enumerate(parts))
    return parts


def taught(
    config: TrainConfig, pairs: list[data.Pair], scale: int, device: torch.device
) -> list[data.Pair]:
    """The pairs with their teacher's pictures, where the configuration has a teacher."""
    if not config.teacher:
        return pairs
    weights = TRAINING / config.teacher.format(scale=scale)
    exact, record = load_model(weights)
    model = AdderSR(dataclasses.replace(exact.config, exact=False))  # 0.04 codes away, three times as fast
    model.load_state_dict(record['model'])
    return teaching.teach(pairs, model.eval().to(device), model.config, weights)


def start_of(config: TrainConfig, scale: int) -> pathlib.Path:
    """The checkpoint that a scale starts from."""
    return TRAINING / config.start_from.format(scale=scale)


def history(record: dict) -> list[dict]:
    """The run behind a checkpoint, after those that it started from."""
    config = make_config(record['config'])
    run = {
        'config': f'training/addersr/configs/{config.name}.toml',
        'commit': record['commit'],
        'seed': record['seed'],
        'iterations': record['iteration'],
        'cpuMinutes': round(record['cpu_minutes'], 1),
        'heldBackPsnrY': round(record['held_back_psnr'], 3),
    }
    if config.teacher:
        run['teacher'] = f'training/{config.teacher.format(scale=config.model.scale)}'
    # Older checkpoints don't hold those before; theirs are still where they started from.
    return [*(record.get('history') or earlier(config, config.model.scale)), run]


def earlier(config: TrainConfig, scale: int) -> list[dict]:
    """The runs that one starts from, the first one first."""
    return history(load_model(start_of(config, scale))[1]) if config.start_from else []


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


def clamp(weights: list[Tensor], limit: float) -> None:
    if hasattr(torch, '_foreach_clamp_max_'):  # PyTorch 2: a kernel for all of them
        torch._foreach_clamp_max_(weights, limit)
        torch._foreach_clamp_min_(weights, -limit)
        return
    for weight in weights:
        weight.clamp_(-limit, limit)


LOSSES = {'l1': F.l1_loss, 'l2': F.mse_loss}


class Learner:
    """The nets of all scales with what changes as they learn: Adam's state, averaged weights."""

    def __init__(self, config: TrainConfig, models: nn.ModuleDict):
        self.config, self.models = config, models
        weights = list(models.parameters())
        self.device = weights[0].device
        self.adder = list(dict.fromkeys(w for m in models.values() for w in m.adder_weights()))
        adder_ids = {id(weight) for weight in self.adder}
        groups = [
            {'params': [w for w in weights if id(w) not in adder_ids], 'top': config.rate},
            {'params': self.adder, 'top': config.rate_adder},
        ]
        self.optimizer = learning.adam(groups, self.device)
        self.averaged = copy.deepcopy(models).requires_grad_(False) if config.average else None

    def loss(self, key: tuple[int, str, bool], low: Tensor, targets: Tensor) -> Tensor:
        """Of a scale by 'l1' or 'l2': to the photograph, and for a share to the teacher's picture where there is one."""
        scale, loss_by, _ = key
        distance = LOSSES[loss_by]
        made = self.models[str(scale)](low)
        loss = distance(made, targets[:, :1])
        if targets.shape[1] > 1:
            loss = torch.lerp(loss, distance(made, targets[:, 1:]), self.config.teacher_share)
        return loss

    def step(
        self, key: tuple[int, str, bool], low: Tensor, targets: Tensor, keep: float | Tensor
    ) -> Tensor:
        """One iteration on one batch; returns its loss. Reads no value back (common/graphed.py).

        key: the scale, what its loss is, and whether the net snaps to codes. keep: the averaged weights' decay.
        """
        loss = self.loss(key, low, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            clamp(self.adder, self.config.clamp)
        if self.averaged:
            learning.follow(list(self.averaged.parameters()), list(self.models.parameters()), keep)
        return loss.detach()


def prepare(device: torch.device) -> None:
    """Threads and arithmetic of a device."""
    # Head and tail see luma, which TF32's ten bits would round by a quarter of a code.
    learning.prepare(device, tf32=False)
    if device.type == 'cuda' and adder.cuda_kernels() is None:
        raise RuntimeError("the adder layer's GPU kernels could not be built")


def run(
    config: TrainConfig,
    device: torch.device,
    resume: bool = False,
    minutes: float | None = None,
    roots: list[str] | None = None,
) -> pathlib.Path:
    """Trains, from runs/NAME/last.pt on if asked, and returns the folder runs/NAME.

    minutes: ends then, loading included, in place of after config.iterations; the last evaluation
    takes some seconds more. roots: see photographs().
    """
    progress = schedule.Progress(config.iterations, minutes)
    folder = TRAINING / 'runs' / config.name
    folder.mkdir(parents=True, exist_ok=True)
    prepare(device)
    torch.manual_seed(config.seed)

    sources = {scale: photographs(config, scale, roots) for scale in config.scales}

    def patches_of(scale: int) -> data.Patches:
        train, seed = taught(config, sources[scale][0], scale, device), config.seed + scale
        if device.type == 'cpu':
            return data.Patches(train, scale, seed)
        return DevicePatches(train, scale, seed, device)

    patches = {scale: patches_of(scale) for scale in sources}
    crops = {
        s: tuple(t.to(device) for t in data.centre_crops(held_back, s, config.crop // s))
        for s, (_, held_back) in sources.items()
    }
    scales = list(config.scales)
    shares = np.array(list(config.scales.values())) / sum(config.scales.values())
    choice = np.random.default_rng(config.seed)

    models = shared_models(config).to(device)
    if device.type == 'cuda':
        models.to(memory_format=torch.channels_last)  # the kernels' order of filters too
    histories = {scale: earlier(config, scale) for scale in scales}
    learner = Learner(config, models)
    averaged = learner.averaged
    step = learner.step if device.type == 'cpu' else Graphed(learner.step)

    snapped = False
    first, cpu_before, best = 0, 0.0, dict.fromkeys(scales, -math.inf)
    if resume:
        record = torch.load(folder / 'last.pt', map_location=device)
        models.load_state_dict(record['raw'])
        learner.optimizer.load_state_dict(record['optimizer'])
        choice.bit_generator.state = record['random']['choice']
        for scale in scales:
            patches[scale].random.bit_generator.state = record['random'][scale]
        first, cpu_before, best = record['iteration'], record['cpu_minutes'], record['best']
        if averaged:
            averaged.load_state_dict(record['averaged'])
    cpu_start = time.process_time()

    def cpu_minutes() -> float:
        return cpu_before + (time.process_time() - cpu_start) / 60

    def times() -> str:
        clock = f', clock {progress.elapsed():.2f} min' if device.type != 'cpu' else ''
        return f'cpu {cpu_minutes():.2f} min{clock}'

    log = learning.Log(folder / 'log.txt', config.name, times)
    train_pairs, held_back = sources[scales[0]]
    parameters = sum(p.numel() for p in models.parameters())
    log(
        f'# {config.name}: {parameters} parameters, {len(train_pairs)} photographs, '
        f'{len(held_back)} held back, commit {git_commit()[:10]}, from iteration {first}'
    )

    calibration = {
        s: grids.calibration_crops(train, s).to(device) for s, (train, _) in sources.items() if config.codes_from < 1
    }

    def fresh(scale: int, stage: Stage) -> AdderSR:
        """A copy with fresh norms, and where the run snaps, with grids fitted to it, which the run goes on with."""
        copied = copy.deepcopy((averaged or models)[str(scale)])
        grids.snap_to(copied, False)
        recompute_norms(copied, patches[scale].again(config.seed + 1), stage)
        if snapped:
            fitted = grids.observe(copied, calibration[scale])
            for model in (copied, models[str(scale)]):
                grids.snap_to(model, True, fitted)
        return copied

    def check(iteration: int, stage: Stage, keep: bool) -> None:
        """Scores copies with fresh norms on the held-back crops and writes the checkpoints."""
        common = {
            'iteration': iteration,
            'cpu_minutes': cpu_minutes(),
            'seed': config.seed,
            'commit': git_commit(),
        }
        words = []
        for scale in scales:
            scored = fresh(scale, stage)
            held = evaluate.crops_psnr(scored, crops[scale], scale)
            words.append(f'x{scale} {held:.3f} dB{" *" if held > best[scale] else ""}')
            if held <= best[scale]:
                continue
            best[scale] = held
            scaled = dataclasses.replace(config, model=scored.config)
            scored = scored.cpu().to(memory_format=torch.contiguous_format)
            save(
                folder / f'best-x{scale}.pt',
                common
                | {
                    'model': scored.state_dict(),
                    'config': dataclasses.asdict(scaled),
                    'held_back_psnr': held,
                    'history': histories[scale],
                },
            )
        if keep:
            last = common | {
                'config': dataclasses.asdict(config),
                'raw': models.state_dict(),
                'averaged': averaged.state_dict() if averaged else None,
                'optimizer': learner.optimizer.state_dict(),
                'random': {s: patches[s].random.bit_generator.state for s in scales}
                | {'choice': choice.bit_generator.state},
                'best': best,
            }
            save(folder / 'last.pt', last)
        log(f'{iteration} held-back {", ".join(words)}')

    if device.type == 'cuda' and config.start_from and not resume:
        # Seconds on a GPU: the score to beat, and whether this machine sees it as the last one did.
        check(0, config.stages[0], False)
    models.train()
    every = schedule.share(config.evaluate_every, config.iterations)
    loss = learning.RunningLoss(device)
    done, checks = first, 0
    progress.begin()
    position = progress.at(done)
    while position < 1:
        share = rate_at(config, done, position)
        learning.set_rates(learner.optimizer, share)
        stage = stage_at(config, position)
        if not snapped and position >= config.codes_from:
            snapped = True
            if done > first or not resume:
                best = dict.fromkeys(scales, -math.inf)  # what codes cost is not in the scores before
            for scale in scales:
                fresh(scale, stage)
            models.train()
        scale = scales[choice.choice(len(scales), p=shares)]
        low, targets = patches[scale].draw(stage.batch, stage.patch)
        keep = learning.keep_at(config.average, done, device)
        loss.add(step((scale, stage.loss, snapped), low, targets, keep))
        done += 1
        before, position = position, progress.at(done)
        if done % config.log_every == 0:
            log(f'{done} loss {loss.take(done) * 255:.4f} rate {share:.4f}')
        if schedule.passed(before, position, every) or position >= 1:
            checks += 1
            check(done, stage, checks % config.keep_every == 0 or position >= 1)
            models.train()
    log.close()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=pathlib.Path)
    parser.add_argument('--resume', action='store_true', help='go on from runs/NAME/last.pt')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--minutes', type=float, help='end then, with the schedule fitted to it')
    parser.add_argument(
        '--photographs', nargs='+', type=pathlib.Path, help="folders in place of the configuration's"
    )
    options = parser.parse_args()
    roots = options.photographs and [str(root.resolve()) for root in options.photographs]
    device = torch.device(options.device)
    run(load_config(options.config), device, options.resume, options.minutes, roots)


if __name__ == '__main__':
    main()
