import numpy as np
import pytest
import torch

from addersr import data
from addersr.device_patches import TURNS, DevicePatches, Planes

CPU = torch.device('cpu')


def pairs_of(scale):
    random = np.random.default_rng(0)
    sizes = ((40, 66), (61, 37), (48, 48))
    return [
        data.make_pair(str(i), random.integers(0, 256, (*size, 3), dtype=np.uint8), scale)
        for i, size in enumerate(sizes)
    ]


@pytest.mark.parametrize('scale', [2, 3, 4])
def test_patches_on_the_device_are_those_of_the_cpu_to_the_bit(scale):
    pairs = pairs_of(scale)
    plain, device = data.Patches(pairs, scale, 3), DevicePatches(pairs, scale, 3, CPU)
    for batch, size in ((40, 8), (5, 9)):
        for a, b in zip(plain.draw(batch, size), device.draw(batch, size)):
            assert torch.equal(a, b)


@pytest.mark.parametrize('turns', range(len(TURNS)))
@pytest.mark.parametrize('mirror', [0, 1])
def test_a_turned_and_mirrored_crop_is_a_walk_through_its_picture(turns, mirror):
    plane = np.arange(30 * 20, dtype=np.uint16).reshape(30, 20)
    planes = Planes([plane[:7], plane], CPU)
    walk = planes.walk(data.Place(1, 3, 2, turns, mirror), 10, 2)
    got = planes.gather(torch.tensor([walk]).T, 10)[0, 0]
    crop = np.rot90(plane[6:16, 4:14], turns)
    assert torch.equal(got, data.to_tensor((crop[:, ::-1] if mirror else crop).copy())[0])


def test_drawing_again_by_another_seed_leaves_the_first_alone():
    patches = DevicePatches(pairs_of(2), 2, 3, CPU)
    other = patches.again(3)
    first = patches.draw(4, 8)[0]
    assert torch.equal(first, other.draw(4, 8)[0])
    assert not torch.equal(first, patches.draw(4, 8)[0])
