"""What training loops share: a device made ready, Adam that fits a CUDA graph, averaged weights, losses, the log."""

from __future__ import annotations

import ctypes
import math
import os
import pathlib
from collections.abc import Callable

import torch
from torch import Tensor, nn


def prepare(device: torch.device, tf32: bool = True) -> None:
    """Threads and arithmetic of a device. tf32: whether a GPU may round what it multiplies to ten bits."""
    if device.type == 'cuda':
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    else:
        torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
        torch.set_flush_denormal(True)
        keep_memory()


def keep_memory() -> None:
    """Has the C library keep what is freed: a step asks for the same megabytes again and again, and to have pages
    mapped anew took half of its time. Elsewhere than in glibc nothing happens."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # malloc.h
    for name, value in ((mmap_max, 0), (trim_threshold, 2**31 - 1), (top_pad, 2**28)):
        mallopt(name, value)


def adam(groups: list[dict], device: torch.device) -> torch.optim.Adam:
    """Adam (0.9, 0.99) over groups {'params', 'top'}, `top` being the rate at its highest; empty groups fall out."""
    groups = [group for group in groups if group['params']]
    if device.type != 'cuda':
        return torch.optim.Adam(groups, betas=(0.9, 0.99), foreach=True)
    # In a graph, so that rates are places in memory.
    for group in groups:
        group['lr'] = torch.zeros((), device=device)
    return torch.optim.Adam(groups, betas=(0.9, 0.99), fused=True, capturable=True)


def set_rates(optimizer: torch.optim.Optimizer, share: float) -> None:
    """The rates of all groups, as a share of their top."""
    for group in optimizer.param_groups:
        if isinstance(group['lr'], Tensor):
            group['lr'].fill_(group['top'] * share)
        else:
            group['lr'] = group['top'] * share


def keep_at(average: float, iteration: int, device: torch.device) -> float | Tensor:
    """The averaged weights' decay: short at first, so that the start is soon forgotten. A tensor on a GPU, for a graph."""
    keep = min(average, (iteration + 1) / (iteration + 10))
    return torch.full((), keep, device=device) if device.type == 'cuda' else keep


@torch.no_grad()
def follow(averages: list[Tensor], weights: list[Tensor], keep: float | Tensor) -> None:
    """averages = keep averages + (1 - keep) weights."""
    torch._foreach_mul_(averages, keep)
    torch._foreach_add_(averages, torch._foreach_mul(weights, 1 - keep))


class RunningLoss:
    """The mean loss since it was last asked for, kept on the device until then."""

    def __init__(self, device: torch.device):
        self.total, self.count = torch.zeros((), device=device), 0

    def add(self, loss: Tensor) -> None:
        self.total += loss
        self.count += 1

    def take(self, iteration: int) -> float:
        """Raises FloatingPointError where it is not finite."""
        mean = float(self.total) / self.count
        if not math.isfinite(mean):
            raise FloatingPointError(f'the loss is {mean} at iteration {iteration}')
        self.total.zero_()
        self.count = 0
        return mean


def portable(module: nn.Module) -> dict[str, Tensor]:
    """A net's state as a checkpoint keeps it, whatever device and order of channels it learned in."""
    return {name: value.cpu().contiguous() for name, value in module.state_dict().items()}


class Log:
    """Lines on the terminal, after the run's name, and at the end of a file; each ends with what `ending` tells."""

    def __init__(self, path: pathlib.Path, name: str, ending: Callable[[], str]):
        self.file, self.name, self.ending = open(path, 'a'), name, ending

    def __call__(self, line: str) -> None:
        line += f', {self.ending()}'
        print(f'[{self.name}] {line}', flush=True)
        print(line, file=self.file, flush=True)

    def close(self) -> None:
        self.file.close()
