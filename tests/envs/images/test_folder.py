import numpy as np
import pytest

from wann import envs
from wann.core.config import preset
from wann.envs import naming
from wann.envs.images.idx import encode_idx
from wann.envs.images.name import parse

NAMES = ("train-images{}idx3-ubyte", "train-labels{}idx1-ubyte")


def pictures(count, classes, shape, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(256, size=(count, *shape)).astype(np.uint8)
    return images, (np.arange(count) % len(classes)).astype(np.uint8) + np.uint8(classes[0])


def write(folder, classes=range(26), shape=(9, 7), prefix="", dot="-", test="t10k"):
    folder.mkdir(parents=True, exist_ok=True)
    for part, count, seed in (("train", 120, 0), (test, 52, 1)):
        for name, array in zip(NAMES, pictures(count, classes, shape, seed), strict=True):
            file = prefix + name.format(dot).replace("train", part)
            (folder / f"{file}.gz").write_bytes(encode_idx(array))
    return folder


@pytest.mark.parametrize("dot", ["-", "."])
def test_images_of_any_size_and_number_of_classes(tmp_path, dot):
    task = envs.make(f"idx:{write(tmp_path / 'letters', dot=dot)}")
    assert task.image_shape == (9, 7)
    assert len(task.inputs) == 63
    assert task.outputs == tuple(map(str, range(26)))
    assert len(task.train.X) + len(task.validation.X) == 120
    assert set(task.validation.y) <= set(task.train.y)
    np.testing.assert_allclose(
        task.test.X.reshape(-1, 9, 7), pictures(52, range(26), (9, 7), 1)[0] / 255, atol=1e-7
    )


def test_letters_of_emnist_are_upright_and_named(tmp_path):
    folder = write(tmp_path, range(1, 27), (8, 8), "emnist-letters-", test="test")
    lines = [f"{number} {64 + number} {96 + number}" for number in range(1, 27)]
    (folder / "emnist-letters-mapping.txt").write_text("\n".join(["", *lines]))
    task = envs.make(f"idx:{folder}")
    assert task.outputs[:2] == ("A/a", "B/b")
    assert len(task.outputs) == 26
    upright = pictures(52, range(1, 27), (8, 8), 1)[0].transpose(0, 2, 1)
    np.testing.assert_allclose(task.test.X.reshape(-1, 8, 8), upright / 255, atol=1e-7)


def test_images_are_reduced(tmp_path):
    write(tmp_path / "large", shape=(80, 80))
    with pytest.raises(ValueError, match=r"at most 64 x 64, got 80 x 80: \?size=16"):
        envs.make(f"idx:{tmp_path / 'large'}")
    task = envs.make(f"idx:{tmp_path / 'large'}?size=4")
    assert task.image_shape == (4, 4)
    assert task.name == f"idx:{tmp_path / 'large'}?size=4"


def test_a_folder_that_has_moved_is_found(tmp_path):
    write(tmp_path / "new" / "letters")
    task = envs.make(f"idx:{tmp_path / 'old' / 'letters'}", data=tmp_path / "new")
    assert len(task.outputs) == 26


def test_what_is_not_right_is_one_line(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        envs.make(f"idx:{tmp_path / 'none'}")
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte: no such file"):
        envs.make(f"idx:{tmp_path}")
    write(tmp_path)
    write(tmp_path, prefix="emnist-letters-")
    with pytest.raises(ValueError, match="expected one file train-images"):
        envs.make(f"idx:{tmp_path}")
    write(tmp_path / "a")
    write(tmp_path / "b", shape=(5, 5))
    for file in (tmp_path / "b").glob("t10k-*"):
        file.rename(tmp_path / "a" / file.name)
    with pytest.raises(ValueError, match="expected test images of 9 x 7 as in training, got 5 x 5"):
        envs.make(f"idx:{tmp_path / 'a'}")


@pytest.mark.parametrize("name", ["idx:", "idx:x?size=65", "idx:x?size=-1", "idx:x?what=1"])
def test_names_that_say_nothing(name):
    with pytest.raises(ValueError, match="expected"):
        parse(name)


def test_a_name_is_whole_and_short(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert naming.whole("idx:a b?size=8") == f"idx:{tmp_path}/a b?size=8"
    assert naming.short("idx:data/letters?size=8") == "letters"
    assert str(parse(str(parse("idx:what%3F%25")))) == f"idx:{tmp_path}/what%3F%25"


def test_the_preset_is_that_of_images():
    assert preset("idx:letters").layered == preset("mnist").layered
    assert preset("idx:letters").guided


def test_names_of_files_are_those_of_any_system():
    assert naming.file_name("idx:/a/my letters?size=8") == "my-letters"
    assert naming.file_name("csv:/a/b.csv?label=c") == "b"
    assert (
        naming.file_name("gym:CartPole-v1?observe=grid:7x8") == "gym-CartPole-v1-observe-grid-7x8"
    )
