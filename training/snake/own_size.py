"""Steps of weights whose channels differ in size."""

from __future__ import annotations

import torch
from torch import Tensor


class OwnSize:
    """Makes a step of weights relative to their size: multiplied by each output channel's root mean square.

    Where batch norms are folded, channels differ a thousandfold in size, and Adam moves all alike: at any rate some
    stand still or others are scrambled. Biases take their layer's root mean square. A share of the way back to where
    they started from holds the weights near (L2-SP, Li et al., ICML 2018): few pictures must not undo what many taught.
    """

    def __init__(self, weights: list[Tensor]):
        self.weights = weights
        self.home = [weight.detach().clone() for weight in weights]
        self.excess = [torch.empty_like(w).copy_(self.size(w.detach()) - 1).requires_grad_(False) for w in weights]

    @staticmethod
    def size(weight: Tensor) -> Tensor:
        over = tuple(range(1, weight.dim())) or 0
        return weight.square().mean(over, keepdim=True).sqrt()

    @torch.no_grad()
    def step(self, optimizer: torch.optim.Optimizer, hold: float) -> None:
        """hold: the share of the way back."""
        before = torch._foreach_mul(self.weights, 1.0)
        optimizer.step()
        moved = torch._foreach_sub(self.weights, before)
        torch._foreach_addcmul_(self.weights, moved, self.excess, 1.0)
        away = torch._foreach_sub(self.weights, self.home)
        torch._foreach_add_(self.weights, away, alpha=-hold)
