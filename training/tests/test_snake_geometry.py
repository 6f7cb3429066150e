"""Geometry between the networks and outlines of masks, on cases made by hand."""

import cv2
import numpy as np
import pytest
import torch

from snake import geometry, instances

BOX = torch.tensor([[0.0, 0.0, 10.0, 20.0]])
SQUARE = torch.tensor([[[2.0, 0.0], [0.0, 0.0], [0.0, 4.0], [4.0, 4.0], [4.0, 0.0]]])


def disc(side=101, radius=40):
    mask = np.zeros((side, side), np.uint8)
    cv2.circle(mask, (side // 2, side // 2), radius, 1, cv2.FILLED)
    return mask


def test_a_diamond_starts_at_the_top_and_runs_by_the_left():
    points = geometry.diamond_points(BOX)
    assert points.shape == (1, 40, 2)
    assert points[0, ::10].tolist() == [[5, 0], [0, 10], [5, 20], [10, 10]]
    assert points[0, 1].tolist() == pytest.approx([4.5, 1.0])
    assert torch.equal(geometry.diamond(BOX), points[:, ::10])


def test_an_octagon_has_segments_of_a_quarter_of_the_side_within_the_box():
    extremes = torch.tensor([[[4.0, 0.0], [0.0, 10.0], [8.0, 20.0], [8.0, 20.0]]])  # two of them in a corner
    vertices = geometry.octagon(extremes)[0].tolist()
    assert vertices == [
        [4, 0], [3, 0],
        [0, 7.5], [0, 10], [0, 12.5],
        [7, 20], [8, 20], [8, 20],
        [8, 20], [8, 20], [8, 17.5],
        [5, 0],
    ]  # fmt: skip


def test_a_contour_is_resampled_evenly_by_arc_length():
    points = geometry.resample(SQUARE, 16)[0]
    assert points[0].tolist() == [2, 0]
    assert points[1].tolist() == [1, 0]
    assert points[2].tolist() == [0, 0]
    assert points[4].tolist() == [0, 2]
    steps = (torch.roll(points, -1, 0) - points).norm(dim=-1)
    assert torch.allclose(steps, torch.ones(16))


def test_a_polygon_of_one_point_stays_that_point():
    points = geometry.resample(torch.full((2, 12, 2), 3.0))
    assert points.shape == (2, 128, 2)
    assert torch.equal(points, torch.full_like(points, 3.0))


def test_numpy_and_torch_resample_alike():
    polygon = np.random.default_rng(1).uniform(0, 50, (30, 2)).astype(np.float32)
    other = geometry.resample(torch.from_numpy(polygon)[None])[0].numpy()
    assert np.abs(instances.resample(polygon) - other).max() < 1e-3


def test_gradients_pass_through_resampling_and_the_octagon():
    extremes = geometry.diamond(BOX).clone().requires_grad_()
    geometry.initial_contours(extremes).sum().backward()
    assert torch.isfinite(extremes.grad).all()
    assert extremes.grad.abs().sum() > 0


def test_distance_is_positive_inside_and_negative_outside():
    points = torch.tensor([[[2.0, 2.0], [1.0, 2.0], [2.0, -3.0], [7.0, 8.0], [2.0, 0.0]]])
    found = geometry.signed_distance(points, SQUARE)[0].tolist()
    assert found == pytest.approx([2, 1, -3, -5, 0])


def test_distance_in_parts_is_the_same(monkeypatch):
    random = torch.Generator().manual_seed(0)
    points, polygons = torch.rand(5, 33, 2, generator=random), torch.rand(5, 128, 2, generator=random)
    whole = geometry.signed_distance(points, polygons)
    monkeypatch.setattr(geometry, 'EDGES_AT_ONCE', 300)
    assert torch.equal(geometry.signed_distance(points, polygons), whole)
    assert geometry.signed_distance(points[:0], polygons[:0]).shape == (0, 33)


def test_distance_to_a_crooked_polygon_is_that_of_opencv():
    contour = instances.outline_of(disc() | np.pad(disc(61, 30), ((40, 0), (40, 0)))).contour
    points = np.random.default_rng(2).uniform(0, 101, (50, 2)).astype(np.float32)
    theirs = [cv2.pointPolygonTest(contour[:, None], (float(x), float(y)), True) for x, y in points]
    ours = geometry.signed_distance(torch.from_numpy(points)[None], torch.from_numpy(contour)[None])
    assert np.allclose(ours[0].numpy(), theirs, atol=1e-3)


def test_the_point_head_is_told_of_the_contour_in_five_numbers():
    points = torch.tensor([[[2.0, 2.0], [4.0, 4.0], [2.0, -3.0]]])
    found = geometry.shape_features(points, SQUARE, torch.tensor([1]))
    assert found[0, 0].tolist() == pytest.approx([2 / 32, 1.0, 0, 0, 1])
    assert found[0, 1].tolist() == pytest.approx([0, 0, 1, 1, 1])
    assert found[0, 2].tolist() == pytest.approx([-3 / 32, -1.0, 0, -2.5, 1])


def test_a_masks_outline_runs_along_the_outer_edges_of_its_pixels():
    mask = np.zeros((40, 50), np.uint8)
    mask[10:20, 5:30] = 1
    outline = instances.outline_of(mask)
    assert outline.extremes.tolist() == [[17.5, 10], [5, 15], [17.5, 20], [30, 15]]
    assert outline.contour.shape == (128, 2)
    assert outline.contour[0].tolist() == [17.5, 10]
    assert -instances.signed_area(outline.contour) == pytest.approx(250, rel=2e-3)
    assert outline.share == 1


def test_an_outline_touches_its_extreme_points_in_order():
    outline = instances.outline_of(disc())
    nearest = [int(np.square(outline.contour - point).sum(1).argmin()) for point in outline.extremes]
    assert nearest == [0, 32, 64, 96]
    assert -instances.signed_area(outline.contour) == pytest.approx(disc().sum(), rel=0.01)


def test_a_mask_up_to_the_border_and_of_one_pixel_has_an_outline():
    whole = instances.outline_of(np.ones((7, 9), np.uint8))
    assert instances.signed_area(whole.contour) == pytest.approx(-63, rel=0.02)
    assert whole.contour.min() == 0
    assert whole.contour.max() == 9
    one = instances.outline_of(np.eye(1, dtype=np.uint8))
    assert instances.signed_area(one.contour) == pytest.approx(-1, rel=0.02)
    assert instances.outline_of(np.zeros((5, 5), np.uint8)) is None


def test_the_share_of_the_largest_part_is_told():
    mask = np.zeros((40, 40), np.uint8)
    mask[:10, :30] = 1
    mask[20:30, :10] = 1
    outline = instances.outline_of(mask)
    assert outline.share == pytest.approx(0.75)
    assert outline.extremes[2].tolist() == [15, 10]
    hole = np.ones((20, 20), np.uint8)
    hole[5:15, 5:15] = 0
    assert instances.outline_of(hole).share == 1
