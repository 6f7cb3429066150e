"""Checks the adder layer's GPU kernels and the graphed training step on the GPU that is there.

    python3 -m addersr.check_cuda [--profile]

Prints relative errors against the formulas in 64-bit float, times, and what failed; exits with 1
if anything did.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from common import learning
from common.graphed import WARM_UP, Graphed

from . import adder, data, train
from .config import TrainConfig
from .device_patches import DevicePatches
from .model import ModelConfig, Norm

SHAPES = [
    # n, channels in, channels out, height, width, kernel
    (1, 16, 16, 1, 1, 3),
    (2, 32, 64, 9, 13, 3),
    (1, 64, 32, 3, 5, 3),
    (2, 16, 48, 6, 7, 5),
    (3, 32, 128, 5, 6, 1),
    (8, 32, 32, 24, 24, 3),
    (7, 64, 64, 48, 48, 3),
    (16, 64, 64, 32, 32, 3),
]
# Of the largest value; cuDNN's weight gradient rounds its operands to TF32's ten bits.
TOLERANCES = {'Y': 1e-5, 'dX': 1e-5, 'dF': 4e-3}
CUDA = torch.device('cuda')


def operands(n: int, channels_in: int, channels_out: int, height: int, width: int, k: int) -> list[Tensor]:
    """x, f and dY in channels_last; x as after a ReLU, dY with a mean."""
    torch.manual_seed(0)
    x = torch.randn(n, channels_in, height, width, device=CUDA).relu()
    f = torch.randn(channels_out, channels_in, k, k, device=CUDA)
    dy = torch.randn(n, channels_out, height, width, device=CUDA) + 0.3
    return [t.contiguous(memory_format=torch.channels_last) for t in (x, f, dy)]


def layer(x: Tensor, f: Tensor, dy: Tensor) -> dict[str, Tensor]:
    x, f = x.detach().requires_grad_(), f.detach().requires_grad_()
    y = adder.Adder2dFunction.apply(x, f, False)
    dx, df = torch.autograd.grad(y, (x, f), dy)
    return {'Y': y.detach(), 'dX': dx, 'dF': df}


def kernel_errors(shape: tuple) -> dict[str, float]:
    x, f, dy = operands(*shape)
    got = layer(x, f, dy)
    x, f, dy = x.double(), f.double(), dy.double()
    dx, df = adder.adder_backward(x, f, dy)
    wanted = {'Y': adder.adder_forward(x, f), 'dX': dx, 'dF': df}
    return {k: float((got[k] - v).abs().max() / v.abs().max()) for k, v in wanted.items()}


def microseconds(work: Callable[[], object], repeats: int = 30) -> float:
    """Median by the GPU's clock."""
    for _ in range(3):
        work()
    times = []
    for _ in range(repeats):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(1e3 * begin.elapsed_time(end))
    return statistics.median(times)


def kernel_times(shape: tuple) -> dict[str, float]:
    """Of calls in a graph, without the time it takes to launch them."""
    x, f, dy = operands(*shape)
    kernels = adder.cuda_kernels()
    works = {
        'Y': lambda: kernels.forward(x, f),
        'dX': lambda: kernels.input_gradient(x, f, dy),
        'dF': lambda: adder.filter_gradient_cuda(x, f, dy),
    }
    times = {}
    for name, work in works.items():
        work()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(10):
                work()
        times[name] = microseconds(graph.replay) / 10
    return times


def learner_of(width: int, blocks: int) -> train.Learner:
    torch.manual_seed(0)
    config = TrainConfig(
        name='check', iterations=1000, photographs=[], held_back=[], stages=[], average=0.999,
        model=ModelConfig(width=width, blocks=blocks), scales={2: 1.0},
    )
    models = train.shared_models(config).to(CUDA).to(memory_format=torch.channels_last).train()
    learner = train.Learner(config, models)
    learning.set_rates(learner.optimizer, 0.1)
    return learner


def batch_of(batch: int, patch: int) -> tuple[Tensor, Tensor, Tensor]:
    high = torch.nn.functional.avg_pool2d(torch.rand(batch, 1, 2 * patch + 8, 2 * patch + 8, device=CUDA), 9, 1)
    return torch.nn.functional.avg_pool2d(high, 2), high, torch.full((), 0.9, device=CUDA)


def weights_of(learner: train.Learner) -> Tensor:
    nets = (learner.models, learner.averaged)
    return torch.cat([w.detach().flatten().double() for net in nets for w in net.parameters()])


def graphed_against_eager() -> dict[str, float]:
    """Three steps as graph and as they are from one state: differences as shares of the way gone."""
    plain, captured = learner_of(32, 2), learner_of(32, 2)
    graphed = Graphed(captured.step)
    batches = [batch_of(8, 24) for _ in range(WARM_UP + 4)]
    for batch in batches[: WARM_UP + 1]:  # the capture with them
        plain.step(2, *batch)
        graphed(2, *batch)
    with torch.no_grad():
        for mine, other in zip(plain.models.state_dict().values(), captured.models.state_dict().values()):
            mine.copy_(other)
        for mine, other in zip(plain.averaged.parameters(), captured.averaged.parameters()):
            mine.copy_(other)
        for a, b in zip(plain.models.parameters(), captured.models.parameters()):
            for mine, other in zip(plain.optimizer.state[a].values(), captured.optimizer.state[b].values()):
                mine.copy_(other)
    before = weights_of(captured)
    loss = 0.0
    for i, batch in enumerate(batches[WARM_UP + 1 :]):
        for learner in (plain, captured):
            learning.set_rates(learner.optimizer, 0.1 / (i + 1))  # rates must reach the graph
        a, b = float(plain.step(2, *batch)), float(graphed(2, *batch))
        loss = max(loss, abs(a - b) / abs(a))
    way = (weights_of(plain) - before).abs().mean()
    return {'loss': loss, 'weights': float((weights_of(plain) - weights_of(captured)).abs().mean() / way)}


def step_times(width: int, blocks: int, batch: int, patch: int) -> dict[str, float]:
    """Milliseconds of a step, with cuDNN's norms and with PyTorch's own."""
    inputs = batch_of(batch, patch)
    times, before = {}, Norm.CUDNN
    for Norm.CUDNN, norms in ((True, 'cuDNN norms'), (False, 'own norms')):
        learner = learner_of(width, blocks)
        times[f'eager, {norms}'] = microseconds(lambda: learner.step(2, *inputs), 10) / 1e3
        graphed = Graphed(learner.step)
        for _ in range(WARM_UP):
            graphed(2, *inputs)
        times[f'graph, {norms}'] = microseconds(lambda: graphed(2, *inputs), 20) / 1e3
    Norm.CUDNN = before
    return times


def profile(width: int, blocks: int, batch: int, patch: int) -> str:
    """The kernels that one step spends its time in."""
    learner = learner_of(width, blocks)
    inputs = batch_of(batch, patch)
    for _ in range(WARM_UP):
        learner.step(2, *inputs)
    torch.cuda.synchronize()
    activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profiler:
        learner.step(2, *inputs)
        torch.cuda.synchronize()
    totals = {}
    for event in profiler.events():
        if event.device_type == torch.autograd.DeviceType.CUDA:
            count, time_ = totals.get(event.name, (0, 0.0))
            totals[event.name] = count + 1, time_ + event.time_range.elapsed_us()
    rows = sorted(totals.items(), key=lambda row: -row[1][1])[:25]
    return '\n'.join(f'{t:9.1f} us {n:5} x {name[:110]}' for name, (n, t) in rows)


def sampler() -> dict[str, float]:
    """How far the device's patches are from the CPU's, and the CPU's milliseconds for a batch."""
    random = np.random.default_rng(0)
    sizes = ((120 + 2 * i, 160, 3) for i in range(3))
    pairs = [data.make_pair('a', random.integers(0, 256, size, dtype=np.uint8), 2) for size in sizes]
    patches = DevicePatches(pairs, 2, 1, CUDA)
    wanted, got = data.Patches(pairs, 2, 1).draw(32, 12), patches.draw(32, 12)
    difference = max(float((a - b.cpu()).abs().max()) for a, b in zip(wanted, got))
    begin = time.perf_counter()
    for _ in range(50):
        patches.draw(16, 32)
    return {'difference': difference, 'ms': (time.perf_counter() - begin) / 50 * 1e3}


def words(values: dict[str, float], form: str) -> str:
    return '  '.join(f'{name} {value:{form}}' for name, value in values.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--profile', action='store_true', help='the kernels of a step of the standard net')
    options = parser.parse_args()
    begin = time.perf_counter()
    train.prepare(CUDA)
    name = torch.cuda.get_device_name()
    print(f'{name}, PyTorch {torch.__version__}, kernels ready after {time.perf_counter() - begin:.1f} s')
    failed = []

    def check(what: str, work: Callable[[], dict[str, float]], form: str, limits: dict[str, float] = {}) -> None:
        """Prints what work() measures and holds it to limits; the other checks go on whatever comes."""
        try:
            values = work()
        except RuntimeError as error:
            failed.append(f'{what}: {error}')
            return
        print(f'{what}:', words(values, form), flush=True)
        for name, limit in limits.items():
            if not values[name] <= limit:  # NaN fails
                failed.append(f'{what}: {name} {values[name]:.3g} > {limit:.3g}')

    for shape in SHAPES:
        check(f'errors {shape}', lambda: kernel_errors(shape), '.1e', TOLERANCES)
    for shape in ((16, 64, 64, 32, 32, 3), (7, 64, 64, 48, 48, 3), (16, 32, 32, 32, 32, 3)):
        check(f'microseconds {shape}', lambda: kernel_times(shape), '.1f')
    check('sampler', sampler, '.2f', {'difference': 0})
    check('graph against eager', graphed_against_eager, '.1e', {'loss': 1e-3, 'weights': 0.05})
    for net in ((64, 16, 16, 32), (64, 16, 7, 48), (32, 8, 16, 32)):
        check(f'step in ms, width, blocks, batch, patch {net}', lambda: step_times(*net), '.2f')
    print(f'{time.perf_counter() - begin:.1f} s in all;', 'FAILED: ' + '; '.join(failed) if failed else 'all well')
    if options.profile:
        print(profile(64, 16, 16, 32), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
