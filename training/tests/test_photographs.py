import dataclasses

import numpy as np
import pytest
from PIL import Image

from addersr import photographs
from addersr.photographs import Photograph

ROW = Photograph('sid', 'some-wallpapers', 'usr/Lake.jpg', '0', 'CC0 1.0', 'A', (0, 0, 1, 1), 2.0)


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return Image.fromarray(pixels).resize(size, Image.BICUBIC)


def test_the_table_names_free_licences_boxes_in_order_and_no_picture_twice():
    table = photographs.read_table(photographs.TABLE)
    assert len({photographs.file_name(row) for row in table}) == len(table)
    for row in table:
        assert row.licence.startswith(('CC0', 'CC BY')) and row.author
        assert len(row.sha256) == 64 and row.shrink >= 1.5
        photographs.pixel_box(row.box, 4000, 3000)


@pytest.mark.parametrize('box', [(0.5, 0, 0.5, 1), (0, 0.2, 1, 0.1), (-1, 0, 1, 1), (0, 0, 1, 2)])
def test_a_box_out_of_order_or_out_of_the_picture_is_refused(box):
    with pytest.raises(ValueError, match='box'):
        photographs.pixel_box(box, 100, 100)


def test_a_box_in_shares_becomes_whole_pixels():
    assert photographs.pixel_box((0.1, 0, 0.55, 1), 1001, 500) == (100, 0, 551, 500)


@pytest.mark.parametrize('size, least', [((9, 6), 1.5), ((3840, 2160), 1.5), ((6000, 4000), 3)])
def test_a_picture_shrinks_at_least_so_much_and_to_a_limited_size(size, least):
    factor = photographs.shrink_factor(*size, least)
    assert factor >= least
    assert size[0] * size[1] / factor**2 <= photographs.LARGEST * 1.001


def test_a_name_changes_with_any_value_of_its_row():
    other = dataclasses.replace(ROW, shrink=2.5)
    assert photographs.file_name(ROW).startswith('lake-')
    assert photographs.file_name(ROW) != photographs.file_name(other)


def test_the_same_picture_is_found_shrunk_and_mirrored_and_others_are_not():
    ours = {'a': photographs.thumbnail(picture(1)), 'b': photographs.thumbnail(picture(2))}
    mirrored = picture(2).transpose(Image.FLIP_LEFT_RIGHT).resize((32, 24), Image.BICUBIC)
    others = {
        'c': photographs.thumbnail(picture(1, (300, 200))),
        'd': photographs.thumbnail(mirrored),
    }
    assert {pair[1:] for pair in photographs.near(ours, others)} == {('a', 'c'), ('b', 'd')}


def test_a_missing_or_changed_file_is_left_out_with_its_reason(tmp_path):
    path = tmp_path / 'Lake.jpg'
    assert 'no longer' in photographs.reason_left_out(ROW, path)
    path.write_bytes(b'other')
    assert 'not the file' in photographs.reason_left_out(ROW, path)
