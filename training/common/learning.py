"""What every training loop does: Adam that fits a CUDA graph, averaged weights, the loss between two log lines."""

from __future__ import annotations

import math

import torch
from torch import Tensor


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
