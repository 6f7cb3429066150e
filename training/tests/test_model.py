import dataclasses

import pytest
import torch

from addersr import export, grids, interpret, quantize
from addersr.data import cubic
from addersr.model import AdderSR, ModelConfig, Power, bicubic_phases

FORMS = [
    {'form': 'block'},
    {'form': 'block', 'power': True},
    {'form': 'published'},
    {'form': 'published', 'power': True},
    {'form': 'plain'},
]


def settled_net(**changes):
    """A small net whose norms have seen data, with alphas off 1."""
    torch.manual_seed(1)
    net = AdderSR(ModelConfig(**({'width': 16, 'blocks': 2, 'exact': True} | changes)))
    torch.nn.init.normal_(net.tail.weight, std=0.05)
    for module in net.modules():
        if isinstance(module, Power):
            module.alpha.data.uniform_(0.8, 1.2)
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    crops = torch.rand(8, 1, 24, 24)
    with torch.no_grad():
        for _ in range(4):
            net.train()(crops)
    return net.eval(), crops


def test_the_light_net_has_the_size_it_should():
    net = AdderSR(ModelConfig())
    assert sum(w.numel() for w in net.adder_weights()) == 16 * 32 * 32 * 9
    assert sum(p.numel() for p in net.parameters()) == 147456 + 832 + 1156 + 16 * 64


@pytest.mark.parametrize('scale', [2, 3, 4])
def test_bicubic_phases_enlarge_as_the_kernel_does(scale):
    net = AdderSR(ModelConfig(scale=scale, width=16, blocks=1))
    y = torch.rand(1, 1, 7, 9)
    enlarged = torch.nn.functional.pixel_shuffle(net.bicubic(y), scale)[0, 0]
    row, column = 3 * scale + 1, 4 * scale
    total = 0.0
    for i in range(-3, 4):
        for j in range(-3, 4):
            at = [(p + 0.5) / scale - 0.5 for p in (row, column)]
            weight = cubic(at[0] - (3 + i)) * cubic(at[1] - (4 + j))
            total += weight * float(y[0, 0, 3 + i, 4 + j])
    assert float(enlarged[row, column]) == pytest.approx(total, abs=1e-6)
    assert torch.allclose(bicubic_phases(scale).sum((1, 2, 3)), torch.ones(scale**2))


@pytest.mark.parametrize('changes', [*FORMS, {'layer': 'conv'}, {'scale': 3}])
def test_every_form_trains(changes):
    net = AdderSR(ModelConfig(**({'width': 16, 'blocks': 1} | changes)))
    y = torch.rand(2, 1, 5, 7)
    out = net(y)
    out.abs().mean().backward()
    assert out.shape == (2, 1, 5 * net.config.scale, 7 * net.config.scale)
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


def test_power_has_a_finite_gradient_at_zero():
    power = Power()
    power.alpha.data.fill_(0.5)
    t = torch.zeros(3, requires_grad=True)
    power(t).sum().backward()
    assert t.grad.isfinite().all() and power.alpha.grad.isfinite()


@pytest.mark.parametrize('changes', FORMS)
def test_eight_bits_stay_close_to_float(changes):
    net, crops = settled_net(**changes)
    y = torch.rand(1, 1, 13, 10)
    with torch.no_grad():
        difference = (quantize.quantize(net, crops).upscale(y) - net(y)).abs().mean()
        detail = (net(y) - torch.nn.functional.pixel_shuffle(net.bicubic(y), 2)).abs().mean()
    assert difference < 0.1 * detail


@pytest.mark.parametrize('changes', [*FORMS, {'scale': 3}])
def test_the_exported_file_computes_what_the_simulation_does(changes):
    net, crops = settled_net(**changes)
    quantized = quantize.quantize(net, crops)
    built = export.build(quantized, 'test')
    for shape in ((1, 1), (3, 5), (13, 10)):
        y = torch.rand(1, 1, *shape)
        # A power's last bit is the C library's, so a code may differ by one.
        tolerance = 5e-3 if changes.get('power') else 1e-6
        assert torch.allclose(interpret.run(built, y), quantized.upscale(y), atol=tolerance)


@pytest.mark.parametrize('changes', FORMS)
def test_a_net_that_snaps_computes_what_its_export_does(changes):
    net, crops = settled_net(blocks=1, **changes)
    exported = quantize.quantize(net, crops)
    # Luma in the whole numbers that the head reads.
    y = torch.rand(1, 1, 20, 23).mul(quantize.LUMA_LEVELS).round() / quantize.LUMA_LEVELS
    seen = []
    net.snap.register_forward_hook(lambda _, inputs, output: seen.append(output))
    with torch.no_grad():
        tensors = [exported.head.run(y)]
        for node in exported.nodes:
            tensors.append(node.run(tensors))
        grids.snap_to(net, True, grids.observe(net, crops))
        seen.clear()
        snapped = net(y)
        codes = torch.round(seen[0] / float(exported.grid_out.step)) + exported.grid_out.zero
        grids.snap_to(net, False)
        before = net(y)
    # The head's weights have 16 bits there: a code in a few hundred is another one, and changes some that follow.
    assert (codes == tensors[-1]).float().mean() > 0.88
    without = exported.grid_out.encode(seen[-1])
    assert (without == tensors[-1]).float().mean() < 0.85
    assert not torch.equal(snapped, before)


def test_snapping_lets_gradients_pass():
    snap = grids.Snap()
    snap.fit(grids.Grid.over(0.0, 1.0))
    snap.on = True
    x = torch.tensor([-0.5, 0.501, 2.0], requires_grad=True)
    snap(x).sum().backward()
    assert torch.equal(x.grad, torch.ones(3))
    assert torch.allclose(snap(x), torch.tensor([0.0, 128 / 255, 1.0]))
    # Filters keep what lies beyond the grid: it moves all outputs alike.
    assert torch.allclose(snap.filters(x), torch.tensor([-0.5, 128 / 255, 2.0]))


def test_a_grid_holds_zero_and_its_ends():
    for low, high in ((0.0, 3.0), (-0.7, 2.1)):
        grid = grids.Grid.over(low, high)
        values = torch.tensor([low, 0.0, high])
        assert torch.allclose(grid.decode(grid.encode(values)), values, atol=float(grid.step))
        assert float(grid.decode(grid.encode(torch.zeros(1)))) == 0


def test_filters_beyond_the_grid_move_the_output_by_a_constant():
    net, crops = settled_net(blocks=1)
    layer = net.blocks[0].layers[0]
    _, slope, offset = quantize.fold(layer, grids.Grid.over(0.0, 1.0))
    layer.body.weight.data[0, 0, 0, 0] = 5.0
    _, _, before = quantize.fold(layer, grids.Grid.over(0.0, 1.0))
    layer.body.weight.data[0, 0, 0, 0] = 6.0
    _, _, after = quantize.fold(layer, grids.Grid.over(0.0, 1.0))
    gain = -slope[0] * 255
    assert before[0] - after[0] == pytest.approx(gain, rel=1e-4)
    assert (before[1:] == after[1:]).all()


def test_a_convolutional_twin_has_no_integer_form():
    net = AdderSR(dataclasses.replace(ModelConfig(), layer='conv', blocks=1))
    with pytest.raises(ValueError, match='adder'):
        quantize.quantize(net, torch.rand(1, 1, 8, 8))
