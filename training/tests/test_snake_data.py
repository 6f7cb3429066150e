"""Packs, composed samples and batches of Deep Snake's training, on photographs made by hand."""

import json

import cv2
import numpy as np
import pytest
import torch

from snake import compose, light, pack, samples
from snake.classes import CLASSES, COCO_IDS, PERSON


def square(x0, y0, x1, y1):
    return np.array([[x0, y0], [x0, y1], [x1, y1], [x1, y0]], np.float32)


def picture(source='coco', polygons=(), **more):
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    annotations = [{'class': kind, 'polygons': [shape], 'crowd': None} for kind, shape in polygons]
    return pack.Picture('p', source, '', False, noise, annotations=annotations, **more)


def person_mask():
    mask = np.zeros((200, 300), np.uint8)
    mask[40:160, 100:180] = 1
    return mask


@pytest.fixture(scope='module')
def composer():
    return samples.Composer([
        picture(polygons=[(PERSON, square(20, 20, 120, 180)), (2, square(150, 60, 280, 180))]),
        picture(polygons=[(5, square(30, 30, 200, 150))]),
        picture('people', mask=person_mask()),
        picture('people', mask=person_mask(), group=True),
        picture('background'),
    ], size=256)  # fmt: skip


def canvas_of(*pictures, size=(200, 300)):
    canvas = compose.Canvas.blank(max(size), np.array([7]))
    for one in pictures:
        compose.paint_picture(canvas, one, np.eye(2, 3))
    return canvas


def test_the_classes_are_cocos():
    assert len(CLASSES) == len(COCO_IDS) == 80
    assert CLASSES[PERSON] == 'person'
    assert (CLASSES[79], COCO_IDS[79]) == ('toothbrush', 90)


def test_polygons_cover_the_pixels_they_hold_half_of():
    mask, (rows, columns) = compose.rasterise([square(2, 3, 7, 5), square(10.6, 3, 12, 4)], (20, 20))
    whole = np.zeros((20, 20), bool)
    whole[rows, columns] = mask
    assert whole[3:5, 2:7].all()
    assert not whole[3, 10]
    assert whole[3, 11]
    assert whole.sum() == 11
    assert compose.rasterise([square(30, 3, 40, 5)], (20, 20)) is None


def test_warping_keeps_outer_corners_in_place():
    image = np.zeros((8, 8, 3), np.uint8)
    image[:4, :4] = 255
    for scale in (2, 0.5):
        matrix = np.diag([scale, scale, 1])[:2]
        side = int(8 * scale)
        big = compose.warp(image, matrix, side, side, cv2.BORDER_REPLICATE)[:, :, 0]
        assert big.mean() == pytest.approx(64, abs=4)
        assert big[side // 4, side // 4] == 255
    mirrored = compose.warp(image, compose.similarity(1, 0, True, (4, 4), (4, 4)), 8, 8)
    assert np.array_equal(mirrored, image[:, ::-1])


def test_smaller_objects_lie_on_top_and_boxes_are_of_what_is_visible():
    canvas = canvas_of(picture(polygons=[(2, square(150, 60, 170, 80)), (PERSON, square(100, 20, 180, 180))]))
    sample = samples.finished(canvas, 'coco')
    assert sample['classes'].tolist() == [PERSON, 2]
    assert sample['boxes'].tolist() == [[100, 20, 180, 180], [150, 60, 170, 80]]
    assert sample['ids'][70, 160] == 2
    assert (sample['ids'] == 1).sum() == 80 * 160 - 400
    assert sample['other'][70, 160] == 1
    assert sample['person'][70, 160] == 0
    assert sample['has_contour'].all()
    assert sample['contours'][1].min(0).tolist() == [150, 60]
    assert sample['extremes'][0].tolist() == [[140, 20], [100, 100], [140, 180], [180, 100]]


def test_small_and_hidden_objects_are_ignored_but_small_ones_stay_in_the_list():
    hidden = picture(polygons=[(3, square(0, 0, 100, 100)), (4, square(1, 1, 99, 99)), (5, square(200, 20, 208, 60))])
    sample = samples.finished(canvas_of(hidden), 'coco')
    assert sample['classes'].tolist() == [4, 5]
    assert sample['has_contour'].tolist() == [True, False]
    assert sample['ids'][0, 50] == 255
    assert sample['ids'][30, 204] == 255
    assert sample['other'][30, 204] == 1


def test_an_object_in_two_parts_has_no_contour():
    parted = picture(polygons=[(0, square(10, 10, 110, 100)), (2, square(40, 10, 80, 100))])
    sample = samples.finished(canvas_of(parted), 'coco')
    assert sample['has_contour'].tolist() == [False, True]
    assert sample['boxes'][0].tolist() == [10, 10, 110, 100]


def test_crowds_are_ignored_and_known_as_what_they_are():
    crowd = picture()
    crowd.annotations = [{'class': PERSON, 'polygons': [], 'crowd': person_mask()}]
    sample = samples.finished(canvas_of(crowd), 'coco')
    assert sample['classes'].shape == (0,)
    assert (sample['ids'] == 255).sum() == person_mask().sum()
    assert np.array_equal(sample['person'][:200, :300], person_mask())


def test_photographs_of_people_tell_nothing_of_other_objects():
    sample = samples.finished(canvas_of(picture('people', mask=person_mask())), 'people')
    assert sample['classes'].tolist() == [PERSON]
    assert set(np.unique(sample['other'])) == {0, 255}
    assert (sample['other'] == 0).sum() == person_mask().sum()
    group = samples.finished(canvas_of(picture('people', mask=person_mask(), group=True)), 'people')
    assert (group['ids'] == 255).sum() == group['person'].sum() == person_mask().sum()


def test_more_objects_than_a_sample_holds_leave_the_smallest_ignored():
    many = picture(polygons=[(1, square(10 * i, 20, 10 * i + 8, 40 + i)) for i in range(28)])
    sample = samples.finished(canvas_of(many), 'coco')
    assert len(sample['classes']) == 24
    assert sample['ids'][30, 4] == 255
    assert not sample['has_contour'].any()


def test_a_pasted_person_covers_what_was_there(composer):
    canvas = canvas_of(picture(polygons=[(2, square(50, 50, 250, 150))]))
    cutout = composer.people_cutouts[0]
    h, w = cutout.mask.shape
    matrix = compose.similarity(0.5, 0, False, (w / 2, h / 2), (150, 100))
    compose.paint_cutout(canvas, cutout, matrix, np.random.default_rng(1))
    sample = samples.finished(canvas, 'coco')
    assert sample['classes'].tolist() == [2, PERSON]
    assert sample['ids'][100, 150] == 2
    assert sample['boxes'][1] == pytest.approx([150 - w / 4, 100 - h / 4, 150 + w / 4, 100 + h / 4], abs=2)


def test_cut_outs_leave_groups_and_thin_things_out(composer):
    assert [cutout.class_index for cutout in composer.people_cutouts] == [PERSON] * 2
    assert {cutout.class_index for cutout in composer.other_cutouts} == {2, 5}


def test_samples_follow_from_seed_and_index_alone(composer):
    stream = iter(samples.SampleStream(composer, seed=3, first=5))
    for index in (5, 6):
        one, other = next(stream), composer.sample(3, index)
        assert all(np.array_equal(one[key], other[key]) for key in one)


def test_every_sample_keeps_its_promises(composer):
    for index in range(40):
        sample = composer.sample(1, index)
        n = len(sample['classes'])
        assert sample['image'].shape == (256, 256, 3)
        assert {sample[key].dtype for key in ('image', 'ids', 'person', 'other')} == {np.dtype(np.uint8)}
        assert set(np.unique(sample['ids'])) <= {0, 255, *range(1, n + 1)}
        assert set(np.unique(sample['person'])) <= {0, 1}
        assert n <= 24
        assert not (sample['source'] == 'people' and sample['classes'].any())
        for k in range(n):
            x0, y0, x1, y1 = sample['boxes'][k]
            assert 0 <= x0 < x1 <= 256
            assert 0 <= y0 < y1 <= 256
            if sample['has_contour'][k]:
                low, high = sample['contours'][k].min(0), sample['contours'][k].max(0)
                assert (low >= (x0, y0)).all()
                assert (high <= (x1, y1)).all()


def test_a_batch_is_padded(composer):
    drawn = [composer.sample(1, index) for index in range(6)]
    batch = samples.collate(drawn)
    assert batch['image'].shape == (6, 3, 256, 256)
    assert batch['classes'].shape == (6, 24)
    assert batch['contours'].shape == (6, 24, 128, 2)
    for row, sample in enumerate(drawn):
        n = len(sample['classes'])
        assert (batch['classes'][row, :n] >= 0).all()
        assert (batch['classes'][row, n:] == -1).all()
        assert torch.equal(batch['boxes'][row, :n], torch.from_numpy(sample['boxes']))
        assert batch['people'][row] == (sample['source'] == 'people')


def test_a_camera_keeps_shape_and_kind():
    image = np.random.default_rng(0).integers(0, 256, (64, 700, 3), np.uint8)
    camera, random = light.Camera(), np.random.default_rng(5)
    for _ in range(60):
        shot = camera.shoot(image, random)
        assert shot.shape == image.shape
        assert shot.dtype == np.uint8
    assert np.abs(light.motion_blur(np.full_like(image, 90), random, 9).astype(int) - 90).max() <= 1
    assert abs(camera.noise(np.full_like(image, 128), random, 4.0).astype(float).std() - 4) < 0.5


@pytest.fixture
def folders(tmp_path):
    coco, people, photos = tmp_path / 'coco', tmp_path / 'people', tmp_path / 'photos'
    for folder in (coco / 'images', people / 'images', people / 'masks', photos / 'large'):
        folder.mkdir(parents=True)
    image = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (320, 640, 3), np.uint8), (0, 0), 5)
    for path in (coco / 'images' / '1.jpg', people / 'images' / 'hs_008.jpg', photos / 'large' / 'p001.jpg'):
        cv2.imwrite(str(path), image)
    cv2.imwrite(str(photos / 'large' / 'p003.jpg'), image)
    mask = np.zeros((320, 640), np.uint8)
    mask[:160] = 255
    cv2.imwrite(str(people / 'masks' / 'hs_008.png'), mask)
    runs = {'counts': [10 * 320, 20 * 320, 610 * 320], 'size': [320, 640]}
    annotations = [
        {'image_id': 9, 'category_id': 90, 'iscrowd': 0, 'segmentation': [[0, 0, 0, 320, 320, 320]]},
        {'image_id': 9, 'category_id': 1, 'iscrowd': 1, 'segmentation': runs},
    ]
    told = {
        'images': [{'id': 9, 'file_name': '1.jpg', 'license': 4}], 'annotations': annotations,
        'licenses': [{'id': 4, 'name': 'CC BY 2.0'}],
    }  # fmt: skip
    for split in ('train', 'val'):
        (coco / f'{split}.json').write_text(json.dumps(told))
    line = 'images/hs_008.jpg\tmasks/hs_008.png\t{}\tnone\n'
    (people / 'index.tsv').write_text('image\tmask\tsplit\tlicence\n' + line.format('train') + line.format('val'))
    (photos / 'index.tsv').write_text('file\tlicence\nlarge/p001.jpg\tCC0\nlarge/p003.jpg\tCC0\nbsds/1.jpg\tno\n')
    return tmp_path


def test_a_pack_gives_back_pictures_masks_and_polygons(folders):
    path = folders / 'pack.npz'
    pack.make_train(folders, folders / 'photos').save(path)
    coco, people, background = pack.load(path)
    assert coco.image.shape == (256, 512, 3)
    assert (coco.source, coco.licence, coco.held_back) == ('coco', 'CC BY 2.0', True)
    assert coco.annotations[0]['class'] == 79
    assert coco.annotations[0]['polygons'][0].tolist() == [[0, 0], [0, 256], [256, 256]]
    crowd = coco.annotations[1]['crowd']
    assert np.flatnonzero(crowd.all(0)).tolist() == list(range(8, 24))
    assert people.mask.shape == (224, 448)
    assert people.mask[:112].all()
    assert not people.mask[112:].any()
    assert people.group
    assert background.name == 'p001.jpg'


def test_a_pack_for_reporting_keeps_pictures_as_they_are(folders):
    path = folders / 'val.npz'
    pack.make_val(folders).save(path)
    coco, people = pack.load(path)
    as_given = cv2.imread(str(folders / 'coco' / 'images' / '1.jpg'))[:, :, ::-1]
    assert np.array_equal(coco.image, as_given)
    assert not coco.held_back
    assert people.mask.shape == (320, 640)


def test_too_many_bytes_are_an_error(folders, monkeypatch):
    monkeypatch.setattr(pack, 'MOST_BYTES', 1000)
    with pytest.raises(ValueError, match='at most 1000 bytes'):
        pack.make_train(folders, folders / 'photos')
