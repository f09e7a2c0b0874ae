import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from wann.envs.images import idx

PATH = Path("some/file-idx3-ubyte")


def raw(shape, kind=0x08, extra=0):
    header = struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)
    return header + bytes(i % 251 for i in range(int(np.prod(shape)) + extra))


def test_parse_reads_what_the_format_says():
    array = idx.parse_idx(raw((3, 2, 4)), PATH, 3)
    assert array.dtype == np.uint8
    np.testing.assert_array_equal(array, np.arange(24).reshape(3, 2, 4))


def test_parse_knows_gzip_by_content():
    np.testing.assert_array_equal(
        idx.parse_idx(gzip.compress(raw((5,))), PATH, 1), idx.parse_idx(raw((5,)), PATH, 1)
    )


def test_encoded_arrays_come_back():
    array = np.random.default_rng(0).integers(256, size=(4, 3, 5)).astype(np.uint8)
    np.testing.assert_array_equal(idx.parse_idx(idx.encode_idx(array), PATH, 3), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "beginning with 00000803, found nothing"),
        (b"PK\x03\x04 not idx", "beginning with 00000803, found 504b0304"),
        (raw((3, 2, 4), kind=0x0D), "beginning with 00000803, found 00000d03"),
        (raw((3,)), "expected an IDX file of bytes with 3 dimensions"),
        (raw((3, 2, 4))[:10], "expected a header of 16 bytes, found 10"),
        (raw((3, 2, 4), extra=-1), "expected 40 bytes for 3 x 2 x 4 elements, found 39"),
        (raw((3, 2, 4), extra=2), "expected 40 bytes for 3 x 2 x 4 elements, found 42"),
        (gzip.compress(raw((3, 2, 4)), mtime=0)[:-9], "damaged or cut short"),
        (gzip.compress(raw((3, 2, 4)), mtime=0)[:12] + b"\0" * 30, "damaged or cut short"),
        (gzip.compress(raw((3, 2, 4)), mtime=0)[:-8] + b"\0" * 8, "damaged or cut short"),
    ],
)
def test_a_bad_file_is_one_clear_line(content, message):
    with pytest.raises(ValueError, match=message) as caught:
        idx.parse_idx(content, PATH, 3)
    assert str(caught.value).startswith(f"{PATH}: ")
    assert "\n" not in str(caught.value)
