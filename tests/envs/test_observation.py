import numpy as np
import pytest

from tests.naive.observation import cells
from wann.envs import interface
from wann.envs.observation import Observation

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 11, 9, 3)).astype(np.uint8)


def seen(text, images=IMAGES):
    return Observation(text, images.shape[1:])(images)


def test_means_by_hand():
    image = np.zeros((1, 4, 4, 3), np.uint8)
    image[0, :2, :2] = 255  # white at the upper left
    image[0, 2:, 3] = (255, 0, 0)  # half of the lower right is red
    found = seen("grid:2x2", image)[0]
    np.testing.assert_allclose(found, [1.0, 0.0, 0.0, 0.299 / 2])
    np.testing.assert_allclose(seen("grid:2x2:red-green", image)[0], [0.0, 0.0, 0.0, 0.5])
    np.testing.assert_allclose(seen("grid:1x1:red>0.5", image)[0], [6 / 16])
    np.testing.assert_allclose(seen("grid:1x2:green@0:2,1:3", image)[0], [1.0, 0.0])


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 4), (11, 9)])
@pytest.mark.parametrize("channel", ["luminance", "red", "blue", "green-red", "blue-green"])
@pytest.mark.parametrize("threshold", [None, 0.3])
def test_every_pixel_counts_once(size, channel, threshold):
    text = f"grid:{size[0]}x{size[1]}:{channel}" + (f">{threshold}" if threshold else "")
    expected = [cells(image, *size, channel, threshold) for image in IMAGES]
    np.testing.assert_allclose(seen(text), expected, atol=1e-12)


def test_crops_and_several_parts():
    text = "grid:2x2:green-red>0.1@0:8,0:9+grid:1x3@8:11,2:8"
    expected = [
        cells(image, 2, 2, "green-red", 0.1, (0, 8, 0, 9)) + cells(image, 1, 3, crop=(8, 11, 2, 8))
        for image in IMAGES
    ]
    np.testing.assert_allclose(seen(text), expected, atol=1e-12)


def test_layouts_of_images():
    colours = seen("grid:2x3:red-blue")
    np.testing.assert_array_equal(seen("grid:2x3:red-blue", np.moveaxis(IMAGES, 3, 1)), colours)
    grey = IMAGES[..., 0]
    as_colours = seen("grid:2x3:red")
    np.testing.assert_allclose(seen("grid:2x3", grey), as_colours, atol=1e-12)
    np.testing.assert_allclose(seen("grid:2x3", grey[..., None]), as_colours, atol=1e-12)
    frames = np.stack([grey, grey[::-1]], axis=1)  # two frames of each image
    expected = np.concatenate([as_colours, as_colours[::-1]], axis=1)
    np.testing.assert_allclose(seen("grid:2x3", frames), expected, atol=1e-12)


def test_names():
    assert Observation("grid:1x2:green-red", (4, 4, 3)).names == ("green-red_0_0", "green-red_0_1")
    several = Observation("grid:1x1+grid:1x1@0:2,0:2", (4, 4, 3)).names
    assert several == ("0_luminance_0_0", "1_luminance_0_0")
    frames = Observation("grid:1x1", (2, 4, 4)).names
    assert frames == ("frame_0_luminance_0_0", "frame_1_luminance_0_0")


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ("grid:7", (96, 96, 3), r"expected grid:ROWSxCOLUMNS.*got 'grid:7'"),
        ("", (96, 96, 3), "got ''"),
        ("grid:0x1", (9, 9, 3), "from 1 to 9 rows of cells in 'grid:0x1'.*got 0"),
        ("grid:1x10", (9, 9, 3), "from 1 to 9 columns of cells.*got 10"),
        ("grid:1x1@0:10,0:9", (9, 9, 3), "a crop within 9 rows, got 0:10"),
        ("grid:1x1@0:9,5:5", (9, 9, 3), "a crop within 9 columns, got 5:5"),
        ("grid:1x1:pink", (9, 9, 3), "unknown channel 'pink'.*luminance, red, green, blue"),
        ("grid:1x1:red-luminance", (9, 9, 3), "unknown channel 'red-luminance'"),
        ("grid:1x1:red", (9, 9), "these images have no colours"),
        ("grid:90x90+grid:90x90", (96, 96, 3), "at most 10000 numbers, got 16200"),
        ("grid:1x1", (9,), r"expected images .*, got observations \(9,\)"),
    ],
)
def test_what_cannot_be_seen(text, shape, message):
    with pytest.raises(ValueError, match=message):
        Observation(text, shape)


def test_the_race_car():
    image = np.zeros((1, 96, 96, 3), np.uint8)
    image[0, :84, :48] = (102, 204, 102)  # grass on the left, the other side is road
    image[0, :84, 48:] = (102, 102, 102)
    image[0, 89:94, 12:14] = 255  # half of the speed's bar, two of its three columns
    image[0, 86:91, 72:77] = (255, 0, 0)  # turning to the right, half of the bar
    found = dict(
        zip(interface.CAR_INPUTS, seen(interface.CAR_OBSERVE, image)[0].tolist(), strict=True)
    )
    for row in ("far", "near", "here"):
        assert [found[f"grass_{row}_{side}"] for side in ("left", "right")] == [1.0, 0.0]
    assert found["speed"] == pytest.approx(1 / 3)
    assert [found["turning_left"], found["turning_right"]] == [0.0, 0.5]


def test_the_race_car_looks_ahead():
    image = np.full((1, 96, 96, 3), 102, np.uint8)
    image[0, 24:40] = image[0, 56:64] = (102, 204, 102)  # all of the far cells, half of those here
    image[0, :24] = image[0, 72:84] = image[0, :, :24] = image[0, :, 72:] = (102, 204, 102)
    found = seen(interface.CAR_OBSERVE, image)[0].tolist()
    assert found[:6] == [1.0, 1.0, 0.0, 0.0, 0.5, 0.5]
