import ctypes
import pathlib
import shutil
import subprocess

import pytest
import torch

from addersr import adder

FOLDER = pathlib.Path(__file__).resolve().parent / 'cuda_on_cpu'
COMPILER = shutil.which('g++')
SHAPES = [
    # n, channels in, channels out, height, width, kernel
    (1, 16, 16, 1, 1, 3),
    (2, 32, 64, 9, 13, 3),
    (1, 64, 32, 3, 5, 3),
    (2, 16, 48, 6, 7, 5),
    (1, 32, 128, 5, 5, 1),
    (1, 64, 64, 16, 17, 3),
]


@pytest.fixture(scope='module')
def kernels(tmp_path_factory):
    """The GPU's kernels as functions of the CPU."""
    library = tmp_path_factory.mktemp('cuda_on_cpu') / 'adder2d.so'
    command = [COMPILER, '-std=c++17', '-O2', '-w', '-shared', '-fPIC', f'-I{FOLDER}']
    subprocess.run([*command, FOLDER / 'adder2d.cc', '-o', library], check=True)
    return ctypes.CDLL(str(library))


def rows(t):
    """[N,C,H,W] or [Cout,Cin,k,k] with channels last, contiguous."""
    return t.permute(0, 2, 3, 1).contiguous()


@pytest.mark.skipif(COMPILER is None, reason='no C++ compiler')
@pytest.mark.parametrize('shape', SHAPES)
def test_the_kernels_for_the_gpu_agree_with_the_formulas(kernels, shape):
    n, channels_in, channels_out, height, width, k = shape
    torch.manual_seed(0)
    x, f = torch.randn(n, channels_in, height, width), torch.randn(channels_out, channels_in, k, k)
    dy = torch.randn(n, channels_out, height, width)
    y = torch.full((n, height, width, channels_out), float('nan'))
    dx = torch.full((n, height, width, channels_in), float('nan'))
    sizes = (ctypes.c_int * 6)(n, height, width, channels_in, channels_out, k)

    def call(function, *tensors):
        function(*(ctypes.c_void_p(t.data_ptr()) for t in tensors), sizes)

    operands = rows(x), rows(f), rows(dy)
    call(kernels.forward, *operands[:2], y)
    call(kernels.input_gradient, *operands, dx)
    x, f, dy = x.double(), f.double(), dy.double()
    for got, wanted in ((y, adder.adder_forward(x, f)), (dx, adder.adder_backward(x, f, dy)[0])):
        error = (got.permute(0, 3, 1, 2) - wanted).abs().max() / wanted.abs().max()
        assert error < 2e-6
