import shutil

import numpy as np
import pytest

from addersr import data, degrade

FFMPEG = shutil.which('ffmpeg') or any(
    (data.CACHE.parent.parent / 'node_modules').glob('@ffmpeg-installer/*/ffmpeg')
)


def picture(height: int, width: int) -> np.ndarray:
    random = np.random.default_rng(0)
    coarse = random.uniform(100, 160, (height // 8 + 1, width // 8 + 1))
    return np.kron(coarse, np.ones((8, 8)))[:height, :width]


@pytest.mark.skipif(not FFMPEG, reason='no ffmpeg')
@pytest.mark.parametrize('seed', range(4))
def test_a_compressed_pair_still_shows_the_same_place(seed):
    high = picture(122, 174)
    low = high.reshape(61, 2, 87, 2).mean((1, 3))
    pair = data.Pair('p', *(np.rint(p * data.STEPS).astype(np.uint16) for p in (low, high)))
    made = degrade.degrade(pair, 2, np.random.default_rng(seed))
    h, w = made.low.shape
    assert made.high.shape == (2 * h, 2 * w)
    back = made.high.astype(float).reshape(h, 2, w, 2).mean((1, 3))
    error = lambda dy, dx: np.abs(
        back[2:-2, 2:-2] - np.roll(made.low, (dy, dx), (0, 1))[2:-2, 2:-2]
    ).mean()
    shifts = [(dy, dx) for dy in range(-2, 3) for dx in range(-2, 3)]
    assert min(shifts, key=lambda shift: error(*shift)) == (0, 0)
    assert 0 < error(0, 0) / data.STEPS < 12


def test_blur_keeps_flat_areas_and_the_mean():
    flat = np.full((9, 11), 77.0)
    assert np.allclose(degrade.blurred(flat, 0.6), flat)
    spot = np.zeros((15, 15))
    spot[7, 7] = 100
    soft = degrade.blurred(spot, 0.7)
    assert np.isclose(soft.sum(), 100) and soft[7, 7] < 50
