import pathlib

import numpy as np
import pytest
import torch

from addersr import data, evaluate

BENCHMARK = pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data' / 'sr-bench'


def picture(height, width):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.skipif(not BENCHMARK.exists(), reason='sr-bench is not here')
@pytest.mark.parametrize('scale', [2, 3, 4])
def test_the_reduction_is_that_of_the_benchmark_to_the_level(scale):
    folder = BENCHMARK / 'Set5' / f'x{scale}'
    for path in sorted((folder / 'HR').glob('*.png')):
        low = data.open_rgb(folder / 'LR' / path.name)
        assert np.array_equal(data.reduce_bicubic(data.open_rgb(path), scale), low), path.name


def test_a_flat_picture_stays_flat():
    assert (data.reduce_bicubic(np.full((12, 18, 3), 77, np.uint8), 3) == 77).all()


def test_luma_spans_16_to_235():
    ends = data.luma(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8))
    assert np.allclose(ends, [[16, 235]], atol=0.01)


def test_low_and_high_patches_show_the_same_place_the_same_way_round():
    pairs = [data.make_pair('a', np.kron(picture(20, 30), np.ones((2, 2, 1), np.uint8)), 2)]
    low, high = data.Patches(pairs, 2, seed=3).draw(16, 8)
    assert low.shape == (16, 1, 8, 8) and high.shape == (16, 1, 16, 16)
    means = torch.nn.functional.avg_pool2d(high, 2)
    for a, b in zip(low, means):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.9


def test_the_same_seed_draws_the_same_patches():
    pairs = [data.make_pair('a', picture(40, 60), 2)]
    first, second = (data.Patches(pairs, 2, seed=5).draw(4, 8)[0] for _ in range(2))
    assert torch.equal(first, second)


def test_held_back_pictures_are_kept_out_and_must_exist():
    pairs = [data.make_pair(name, picture(8, 8), 2) for name in ('a', 'b')]
    train, held = data.split(pairs, ['b'])
    assert [p.name for p in train] == ['a'] and [p.name for p in held] == ['b']
    with pytest.raises(ValueError, match='nowhere'):
        data.split(pairs, ['nowhere'])


def test_psnr_and_ssim_of_known_planes():
    a = torch.full((1, 1, 20, 20), 100 / 255)
    assert evaluate.compare(a + 5 / 255, a, 2)[0] == pytest.approx(34.151, abs=1e-3)
    noise = torch.rand(1, 1, 20, 20)
    assert evaluate.compare(noise, noise + 1e-6, 2)[1] == pytest.approx(1, abs=1e-6)
