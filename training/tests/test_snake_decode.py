"""From a network's maps to instances, and their scores, with nets whose answers are known."""

import numpy as np
import pytest
import torch

from snake import decode, evaluate, pack
from snake.classes import PERSON
from snake.config import ModelConfig
from snake.decode import Instance, Settings
from snake.model import DeepSnake
from snake.snake import SnakeConfig

SIZE = 256
CENTRE, RADIUS = (130.0, 120.0), 70.0


class Disc:
    """Stands for the nets: knows where a disc is and counts the points it is asked for."""

    def __init__(self):
        self.asked = 0

    def inside(self, features, fine, semantic, points, shape):
        self.asked += points.shape[1]
        assert shape.shape == (1, points.shape[1], 5)
        return RADIUS - (points - points.new_tensor(CENTRE)).norm(dim=-1)


def disc_contour():
    angle = torch.arange(128) / 128 * 2 * torch.pi
    return torch.tensor(CENTRE) + RADIUS * torch.stack([-angle.sin(), -angle.cos()], -1)


def disc_mask(size, scale=1.0):
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    return np.hypot(x * scale - CENTRE[0], y * scale - CENTRE[1]) < RADIUS


def test_a_picture_is_fitted_and_filled_up():
    image = np.zeros((100, 200, 3), np.uint8)
    image[-1] = 255
    x, scale = decode.network_input(image, 256)
    assert x.shape == (1, 3, 128, 256)
    assert scale == pytest.approx(1.28)
    assert decode.network_input(np.zeros((150, 200, 3), np.uint8), 256)[0].shape == (1, 3, 192, 256)
    filled = decode.network_input(image, 200)[0]
    assert filled.shape == (1, 3, 128, 224)
    assert (filled[0, 0, 100:] == 1).all()


def test_peaks_are_the_local_maxima_best_first():
    heatmap = torch.zeros(3, 8, 8)
    heatmap[1, 2, 5], heatmap[1, 2, 6], heatmap[2, 7, 0], heatmap[0, 4, 4] = 0.9, 0.8, 0.95, 0.04
    scores, classes, cells = decode.peaks(heatmap, 0.05, 100)
    assert scores.tolist() == pytest.approx([0.95, 0.9])
    assert classes.tolist() == [2, 1]
    assert cells.tolist() == [[0, 7], [5, 2]]
    assert len(decode.peaks(heatmap, 0.0, 5)[0]) == 5


def test_boxes_are_cut_to_the_input_and_doubles_go():
    heatmap = torch.full((1, 80, 16, 16), -9.0)
    heatmap[0, PERSON, 8, 8], heatmap[0, PERSON, 8, 10], heatmap[0, 2, 8, 12] = 3, 2, 1
    box = torch.zeros(1, 8, 16, 16)
    for x in (8, 10, 12):
        box[0, :4, 8, x] = box[0, 4:, 8, x] = torch.tensor([x * 4 + 2 + 10, 20, 66 - x * 4 - 2, 20])
    _, classes, boxes = decode.detected(heatmap, box, Settings())
    assert classes.tolist() == [PERSON, 2]
    assert boxes[0].tolist() == [0, 14, 64, 54]


def test_subdivision_finds_a_disc_with_few_points():
    disc, maps = Disc(), (torch.zeros(1, 1, SIZE // 4, SIZE // 4),) * 3
    matte = decode.Matte(disc, maps, disc_contour()[None], torch.tensor([PERSON]))
    (grid,) = matte.grids(1.0)
    assert grid.shape == (224, 224)
    assert disc.asked == 4 * 784
    mask = decode.matte_mask(grid, matte.boxes[0], 1.0, (SIZE, SIZE))
    assert (mask != disc_mask(mask.shape)).sum() <= 4
    # The grid's longer side is 182 pixels: 706 of the output's, then 728.
    assert [len(matte.grids(scale)[0]) for scale in (0.258, 0.25)] == [224, 448]
    mask = decode.matte_mask(grid, matte.boxes[0], 0.5, (2 * SIZE, 2 * SIZE))
    assert (mask != disc_mask(mask.shape, 0.5)).mean() < 1e-3


def test_small_outlines_need_no_subdivision_and_grids_may_pass_the_border():
    disc, maps = Disc(), (torch.zeros(1, 1, SIZE // 4, SIZE // 4),) * 3
    contours = torch.stack([disc_contour() / 10, disc_contour() - 120])
    matte = decode.Matte(disc, maps, contours, torch.tensor([PERSON, 5]))
    grids = matte.grids(1.0)
    assert [len(grid) for grid in grids] == [28, 224]
    mask = decode.matte_mask(grids[1], matte.boxes[1], 1.0, (SIZE, SIZE))
    assert mask.shape == (SIZE, SIZE)
    assert not mask[100:].any()


def test_a_contour_drawn_covers_its_area():
    mask = decode.polygon_mask(disc_contour().numpy(), (SIZE, SIZE))
    assert mask.sum() == pytest.approx(np.pi * RADIUS**2, rel=0.01)


def test_an_untrained_net_goes_through():
    torch.manual_seed(0)
    small = SnakeConfig(channels=8, fusion=8, hidden=(8, 8))
    model = DeepSnake(ModelConfig(snake=small, fine=8, point_hidden=8)).eval()
    torch.nn.init.ones_(model.detector.net.box.pointwise.bias)  # boxes of some size
    image = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    found = decode.segment(model, image, Settings(size=128, threshold=0.0, most=3))
    assert found
    for one in found:
        assert one.mask.shape == (90, 120)
        assert one.contour.shape == (128, 2)
    polygons = decode.segment(model, image, Settings(size=128, threshold=0.0, most=3, matte=False))
    assert len(polygons) == len(found)
    assert decode.segment(model, image, Settings(size=128, threshold=1.1)) == []
    assert all(one.mask is None for one in decode.detect(model.detector.net, image, Settings(size=128, threshold=0.0)))


@pytest.fixture
def pictures():
    image = np.zeros((60, 80, 3), np.uint8)
    mask = np.zeros((60, 80), np.uint8)
    mask[10:40, 20:50] = 1
    polygon = np.array([[20, 10], [20, 40], [50, 40], [50, 10]], np.float32)
    annotations = [{'class': PERSON, 'polygons': [polygon], 'crowd': None}]
    annotations.append({'class': PERSON, 'polygons': [], 'crowd': np.pad(mask[:20], ((40, 0), (0, 0)))})
    return [
        pack.Picture('a', 'coco', '', False, image, annotations=annotations),
        pack.Picture('b', 'people', '', False, image, mask=mask),
    ]


def test_the_truth_scores_one(pictures):
    mask = pictures[1].mask.astype(bool)
    right = Instance(PERSON, 0.9, np.array([20, 10, 50, 40]), None, mask)
    astray = Instance(PERSON, 0.2, np.array([0, 0, 9, 9]), None, np.pad(np.ones((9, 9), bool), ((0, 51), (0, 71))))
    result = evaluate.scores_of(pictures, lambda image: [right, astray], 0.3)
    assert result['mask']['person'] == dict.fromkeys(result['mask']['person'], 1)
    assert result['box']['mean']['box'] == 1
    assert set(result['people'].values()) == {1.0}
    assert result['flicker'] == 1
    assert '| person, mask | 1.000 | 1.000 | 1.000 | 1.000 |' in evaluate.table(result)
    both = evaluate.scores_of(pictures, lambda image: [right, astray], 0.1)['people']
    assert both['iou'] == pytest.approx(900 / 981)
    assert both['iou_matching'] == 1


def test_boxes_alone_have_no_scores_of_masks(pictures):
    result = evaluate.scores_of(pictures, lambda image: [Instance(PERSON, 0.9, np.array([20, 10, 50, 40]))], 0.3)
    assert 'mask' not in result
    assert result['box']['person']['box'] == 1
    assert 'person, box' in evaluate.table(result)
