import torch

from addersr import grow, train
from addersr.model import AdderSR, ModelConfig


def settle(model: AdderSR, y: torch.Tensor) -> None:
    """Gives batch norm the statistics of y and turns the net to inference."""
    for norm in train.norms_of(model):
        norm.reset_running_stats()
        norm.momentum = None
    model.train()(y)
    model.eval()


def test_a_grown_net_starts_close_to_the_net_it_came_from():
    torch.manual_seed(0)
    y = torch.rand(4, 1, 24, 24)
    small = AdderSR(ModelConfig(width=16, blocks=2, exact=True))
    torch.nn.init.normal_(small.tail.weight, std=0.1)
    settle(small, y)
    grown = grow.grow(small, width=32, blocks=5, seed=1)
    settle(grown, y)
    with torch.no_grad():
        before, after = small(y), grown(y)
        change = (after - before).std()
        told = (before - torch.nn.functional.pixel_shuffle(small.bicubic(y), 2)).std()
    assert grown.config.blocks == 5 and grown.config.width == 32
    assert change < 0.3 * told, change / told
