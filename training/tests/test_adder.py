import pytest
import torch

from addersr import adder

SHAPES = [
    # n, channels in, channels out, height, width, kernel
    (1, 16, 16, 1, 1, 3),
    (2, 32, 64, 9, 13, 3),
    (1, 64, 32, 3, 5, 3),
    (2, 16, 48, 6, 7, 5),
    (3, 32, 32, 24, 24, 3),
]


def operands(n, channels_in, channels_out, height, width, kernel):
    torch.manual_seed(0)
    x = torch.randn(n, channels_in, height, width).contiguous(memory_format=torch.channels_last)
    dy = torch.randn(n, channels_out, height, width).contiguous(memory_format=torch.channels_last)
    return x, torch.randn(channels_out, channels_in, kernel, kernel), dy


def explicit(x, f, dy):
    """Chen et al., eq. 2, 4 and 5, written out over the windows."""
    k = f.shape[2]
    padded = torch.nn.functional.pad(x, [k // 2] * 4)
    windows = padded.unfold(2, k, 1).unfold(3, k, 1)  # [N,Cin,H,W,k,k]
    difference = windows[:, None] - f[None, :, :, None, None]  # [N,Cout,Cin,H,W,k,k]
    y = -difference.abs().sum((2, 5, 6))
    df = (difference * dy[:, :, None, :, :, None, None]).sum((0, 3, 4))
    clipped = (-difference).clamp(-1, 1) * dy[:, :, None, :, :, None, None]
    d_windows = clipped.sum(1)  # [N,Cin,H,W,k,k]
    d_padded = torch.zeros_like(padded)
    for i in range(k):
        for j in range(k):
            d_padded[:, :, i : i + x.shape[2], j : j + x.shape[3]] += d_windows[..., i, j]
    r = k // 2
    return y, d_padded[:, :, r : r + x.shape[2], r : r + x.shape[3]], df


def close(a, b, tolerance):
    assert float((a - b).abs().max()) <= tolerance * max(1.0, float(b.abs().max()))


@pytest.mark.parametrize('shape', SHAPES)
def test_plain_pytorch_agrees_with_the_explicit_formula(shape, monkeypatch):
    monkeypatch.setattr(adder, 'CHUNK', 1000)
    x, f, dy = operands(*shape)
    y, dx, df = explicit(x, f, dy)
    close(adder.adder_forward(x, f), y, 1e-5)
    for got, wanted in zip(adder.adder_backward(x, f, dy), (dx, df)):
        close(got, wanted, 1e-5)


@pytest.mark.skipif(adder.native_kernels() is None, reason='no C++ compiler')
@pytest.mark.parametrize('exact, tolerance', [(True, 1e-5), (False, 4e-3)])
@pytest.mark.parametrize('shape', SHAPES)
def test_the_kernels_agree_with_the_explicit_formula(shape, exact, tolerance):
    x, f, dy = operands(*shape)
    y, dx, df = explicit(x, f, dy)
    close(adder.native_kernels().forward(x, f, exact), y, tolerance)
    for got, wanted in zip(adder.native_kernels().backward(x, f, dy, exact), (dx, df)):
        close(got, wanted, tolerance)


@pytest.mark.skipif(adder.native_kernels() is None, reason='no C++ compiler')
def test_sums_of_codes_are_exact():
    torch.manual_seed(0)
    x = torch.randint(-40, 216, (1, 32, 11, 17)).float()
    f = torch.randint(-40, 216, (32, 32, 3, 3)).float()
    y, _, _ = explicit(x.double(), f.double(), torch.zeros(1, 32, 11, 17).double())
    x = x.contiguous(memory_format=torch.channels_last)
    assert torch.equal(adder.native_kernels().forward(x, f, True).double(), y)


def test_the_module_hands_back_the_gradients_of_the_paper():
    x, f, dy = operands(2, 32, 32, 6, 7, 3)
    layer = adder.Adder2d(32, 32, exact=True)
    layer.weight.data.copy_(f)
    x.requires_grad_()
    layer(x).backward(dy)
    _, dx, df = explicit(x.detach(), f, dy)
    close(x.grad, dx, 1e-5)
    close(layer.weight.grad, df, 1e-5)


def test_operands_the_kernels_do_not_take_run_in_pytorch():
    x = torch.randn(1, 5, 4, 6, requires_grad=True)
    layer = adder.Adder2d(5, 3)
    y = layer(x)
    y.sum().backward()
    assert y.shape == (1, 3, 4, 6) and x.grad is not None
