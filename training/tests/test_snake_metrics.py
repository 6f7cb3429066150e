"""Scores of masks on cases with known answers."""

import numpy as np
import pytest

from snake import metrics
from snake.metrics import AveragePrecision, Detection, Truth


def block(x0, y0, x1, y1, size=(60, 80)):
    mask = np.zeros(size, bool)
    mask[y0:y1, x0:x1] = True
    return mask


def test_iou_of_half_shifted_blocks_is_a_third():
    assert metrics.iou(block(0, 0, 20, 20), block(10, 0, 30, 20)) == pytest.approx(1 / 3)
    assert metrics.iou(block(0, 0, 0, 0), block(0, 0, 0, 0)) == 1
    assert metrics.iou(block(0, 0, 5, 5), block(0, 0, 0, 0)) == 0


def test_a_boundary_is_as_wide_as_two_percent_of_the_diagonal():
    mask = block(10, 10, 30, 30)  # diagonal 100: two pixels
    edge = metrics.boundary(mask)
    assert edge.sum() == 20 * 20 - 16 * 16
    assert edge[11, 20]
    assert not edge[12, 20]


def test_the_pictures_edge_counts_as_a_boundary():
    assert metrics.boundary(np.ones((60, 80), bool)).sum() == 60 * 80 - 56 * 76
    assert metrics.boundary(block(0, 0, 3, 3)).sum() == 9


def test_boundary_iou_of_a_grown_block():
    small, large = block(10, 10, 30, 30), block(9, 9, 31, 31)
    ring_small, ring_large = 20 * 20 - 16 * 16, 22 * 22 - 18 * 18
    shared = 20 * 20 - 18 * 18
    assert metrics.boundary_iou(small, large) == pytest.approx(shared / (ring_small + ring_large - shared))
    assert metrics.boundary_iou(small, small) == 1


@pytest.fixture
def truths():
    return [
        Truth(0, block(0, 0, 20, 20)), Truth(0, block(30, 0, 50, 20)), Truth(3, block(0, 30, 20, 55)),
        Truth(0, block(60, 0, 80, 60), crowd=True),
    ]  # fmt: skip


def scores(truths, detections):
    found = AveragePrecision()
    found.add(truths, detections)
    return found


def test_the_truth_as_detections_scores_exactly_one(truths):
    found = scores(truths, [Detection(t.class_index, 0.5, t.mask) for t in truths if not t.crowd])
    for kind in (0, 3):
        assert found.of_class(kind) == dict.fromkeys(
            ('mask', 'mask50', 'mask75', 'boundary', 'boundary50', 'boundary75'), 1.0
        )
    assert found.mean()['mask'] == 1
    assert found.of_class(7) is None


def test_nothing_found_scores_zero_and_what_is_not_there_has_no_score(truths):
    assert scores(truths, []).mean()['mask'] == 0
    assert scores([], [Detection(0, 0.9, block(0, 0, 9, 9))]).mean() == {}


def test_one_of_two_found_scores_at_51_of_101_recalls(truths):
    found = scores(truths, [Detection(0, 0.9, truths[0].mask)])
    assert found.of_class(0)['mask'] == pytest.approx(51 / 101)


def test_a_false_detection_counts_only_ahead_of_a_right_one(truths):
    right = [Detection(0, 0.8, truths[0].mask), Detection(0, 0.7, truths[1].mask)]
    wrong = block(30, 40, 40, 50)
    assert scores(truths, [*right, Detection(0, 0.1, wrong)]).of_class(0)['mask'] == 1
    assert scores(truths, [*right, Detection(0, 0.9, wrong)]).of_class(0)['mask'] == pytest.approx(2 / 3)
    twice = [Detection(0, 0.9, truths[0].mask), *right]
    # precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1
    assert scores(truths, twice).of_class(0)['mask'] == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_detections_in_a_crowd_neither_count_nor_harm(truths):
    right = [Detection(0, 0.5, truth.mask) for truth in truths[:2]]
    in_crowd = [Detection(0, 0.9, block(60, 10 * i, 80, 10 * i + 10)) for i in range(4)]
    assert scores(truths, right + in_crowd).of_class(0)['mask'] == 1


def test_iou_decides_at_which_thresholds_an_object_is_found():
    truth = Truth(0, block(0, 0, 20, 20))
    found = scores([truth], [Detection(0, 0.9, block(0, 0, 20, 15))])  # IoU .75
    assert found.of_class(0)['mask'] == pytest.approx(0.6)
    assert found.of_class(0)['mask75'] == 1
    assert found.of_class(0)['boundary'] < 0.6


def test_scores_rank_detections_across_pictures():
    truth = Truth(0, block(0, 0, 20, 20))
    wrong = block(40, 40, 60, 60)
    found = AveragePrecision()
    found.add([truth], [Detection(0, 0.3, truth.mask)])
    found.add([truth], [Detection(0, 0.6, truth.mask), Detection(0, 0.4, wrong)])
    # ranked: right, wrong, right: precision 1 up to recall 1/2, then 2/3
    assert found.of_class(0)['mask'] == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_only_the_best_hundred_of_a_picture_count():
    truth = Truth(0, block(0, 0, 20, 20))
    many = [Detection(0, 0.9, block(40, 40, 60, 60)) for _ in range(100)]
    assert scores([truth], [*many, Detection(0, 0.1, truth.mask)]).of_class(0)['mask'] == 0


def test_boxes_are_scored_alike():
    found = AveragePrecision(metrics.box_overlaps)
    found.add([Truth(0, np.array([0, 0, 10, 10]))], [Detection(0, 0.5, np.array([0, 0, 10, 8]))])
    found.add([Truth(0, np.array([0, 0, 10, 10]))], [])
    assert found.of_class(0)['box50'] == pytest.approx(51 / 101)
    assert found.of_class(0)['box'] == pytest.approx(7 / 10 * 51 / 101)


def test_the_union_of_masks():
    assert metrics.union_of([block(0, 0, 5, 5), block(5, 0, 10, 5)], (60, 80)).sum() == 50
    assert not metrics.union_of([], (4, 6)).any()


def test_flicker_is_one_for_steady_masks_and_less_for_unsteady_ones():
    grey = np.full((60, 80, 3), 100, np.uint8)
    assert metrics.flicker(grey, lambda image: block(0, 0, 9, 9)) == 1
    assert metrics.flicker(grey, lambda image: image[:, :, 0] > 100) < 0.5
