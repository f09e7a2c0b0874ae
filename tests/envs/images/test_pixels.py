import os
from pathlib import Path

import numpy as np
import pytest

from wann.envs.images import idx, pixels


def test_resize_samples_between_pixel_centres():
    image = np.array([[[0.0, 1.0, 2.0, 3.0]] * 4])
    np.testing.assert_allclose(pixels.resize(image, 2)[0, 0], [0.5, 2.5])
    np.testing.assert_allclose(pixels.resize(image, 4), image)
    np.testing.assert_allclose(pixels.resize(image, 8)[0, 0, :4], [0, 0.25, 0.75, 1.25])
    np.testing.assert_allclose(pixels.resize(image[:, :1, :1], 2), np.zeros((1, 2, 2)))


def test_deskew_straightens_a_slanted_line():
    slanted = np.zeros((1, 16, 16))
    for y in range(16):
        slanted[0, y, min(y // 2 + 4, 15)] = 1
    straight = pixels.deskew(slanted)
    columns = straight[0, 2:14].sum(axis=0)
    assert np.sort(columns)[-3:].sum() > 0.95 * columns.sum()


def test_deskew_leaves_flat_and_empty_images_alone():
    flat = np.zeros((2, 16, 16))
    flat[0, 7, 3:12] = 1  # one row: no extent in y, so no direction to straighten
    np.testing.assert_array_equal(pixels.deskew(flat), flat)


def opencv_16x16(cv2, image):
    """The paper's preparation, as OpenCV calls."""
    small = cv2.resize(image.astype(np.float32) / 255, (16, 16), interpolation=cv2.INTER_LINEAR)
    moments = cv2.moments(small)
    if abs(moments["mu02"]) < 0.01:
        return small, small
    skew = moments["mu11"] / moments["mu02"]
    shear = np.array([[1, skew, -0.5 * 16 * skew], [0, 1, 0]], dtype=np.float32)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    return small, cv2.warpAffine(small, shear, (16, 16), flags=flags)


def test_preparation_equals_opencv_on_all_real_test_images():
    # Before version 5, warpAffine rounds positions to 1/32 of a pixel: up to 0.015 off.
    cv2 = pytest.importorskip("cv2", minversion="5")
    if not os.environ.get("WANN_DATA"):
        pytest.skip("needs the real images: set WANN_DATA to the folder that holds mnist/")
    path = Path(os.environ["WANN_DATA"]) / "mnist" / "t10k-images-idx3-ubyte.gz"
    real = idx.parse_idx(path.read_bytes(), path, 3)
    small = pixels.resize(real / 255, 16)
    straight = pixels.deskew(small)
    expected = np.array([opencv_16x16(cv2, image) for image in real])
    np.testing.assert_allclose(small, expected[:, 0], atol=1e-5)
    np.testing.assert_allclose(straight, expected[:, 1], atol=1e-5)


def test_preparation_equals_opencv_on_made_up_images():
    cv2 = pytest.importorskip("cv2", minversion="5")
    made_up = np.random.default_rng(0).integers(256, size=(300, 28, 28)).astype(np.uint8)
    made_up[::2, :, :14] = 0  # lopsided
    made_up[1::4] = np.triu(made_up[1::4], 3)  # and slanted
    made_up[0] = 0
    small = pixels.resize(made_up / 255, 16)
    expected = np.array([opencv_16x16(cv2, image) for image in made_up])
    np.testing.assert_allclose(small, expected[:, 0], atol=1e-5)
    np.testing.assert_allclose(pixels.deskew(small), expected[:, 1], atol=1e-5)
