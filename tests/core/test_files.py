import errno
import os
import socket
from pathlib import Path

import numpy as np
import pytest

from wann.core import files


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "some.json"
    files.write_json(path, {"old": 1})
    return path


@pytest.fixture
def full_disk(monkeypatch):
    """What a full disk says: not when a file is written, but when it is flushed."""

    def fsync(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)


def alone(file):
    """Whether no temporary file is left beside it."""
    return os.listdir(file.parent) == [file.name]


def test_json_has_a_line_for_each_record(file):
    value = {"a": 1.5, "b": [{"x": 1}, {"x": 2}], "c": [], "d": "θ"}
    files.write_json(file, value)
    assert file.read_text(encoding="utf-8") == (
        '{\n "a": 1.5,\n "b": [\n{"x":1},\n{"x":2}\n ],\n "c": [],\n "d": "θ"\n}\n'
    )
    assert files.read_json(file) == value
    assert alone(file)


def test_a_file_written_again_is_one_on_the_disk_until_one_is_replaced(file, monkeypatch):
    again = file.with_name("again.json")
    again.write_text("old")
    files.write_again(again, file)
    assert again.samefile(file)
    files.write_again(again, file)  # they are one already
    assert sorted(os.listdir(file.parent)) == ["again.json", "some.json"]
    files.write_json(again, {"new": 2})
    assert files.read_json(file) == {"old": 1}

    def link(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    files.write_again(again, file)
    assert files.read_json(again) == {"old": 1}
    assert not again.samefile(file)
    assert sorted(os.listdir(file.parent)) == ["again.json", "some.json"]


def test_what_cannot_be_written_again_leaves_the_old_file(file, monkeypatch):
    again = file.with_name("again.json")
    again.write_text("old")

    def replace(*_):
        raise OSError(errno.EACCES, "the folder is closed")

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="the folder is closed"):
        files.write_again(again, file)
    assert again.read_text() == "old"
    assert sorted(os.listdir(file.parent)) == ["again.json", "some.json"]
    again.unlink()
    again.mkdir()
    with pytest.raises(OSError, match="expected a file to write"):
        files.write_again(again, file)


def test_values_that_are_no_json_leave_the_old_file(file):
    with pytest.raises(ValueError, match="Out of range float values"):
        files.write_json(file, {"new": float("nan")})
    assert files.read_json(file) == {"old": 1}
    assert alone(file)


def test_a_full_disk_leaves_the_old_file(file, full_disk):
    with pytest.raises(OSError, match=r"No space left on device: '.*some\.json'") as caught:
        files.write_json(file, {"new": 2})
    assert caught.value.errno == errno.ENOSPC
    assert files.read_json(file) == {"old": 1}
    assert alone(file)


def test_a_disk_that_fills_up_half_way(file):
    def write(opened):
        opened.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left on device"):
        files.write(file, write)
    assert files.read_json(file) == {"old": 1}
    assert alone(file)


def test_a_read_only_folder(file, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError, match=r"Permission denied: '[^.]*some\.json'"):
        files.write_text(file, "new")
    assert Path(file).read_text() == '{\n "old": 1\n}\n'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file_is_not_replaced(tmp_path):
    """Whoever may do everything could else lose /dev/null by --out /dev/null --force."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError, match=f"expected a file to write, but this is none: '.*{name}"):
            files.write_text(tmp_path / name, "new")
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]


def test_an_interruption_leaves_the_old_file(file):
    def write(opened):
        opened.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(file, write)
    assert files.read_json(file) == {"old": 1}
    assert alone(file)


def test_arrays(tmp_path):
    path = tmp_path / "arrays.npz"
    files.write_arrays(path, {"a": np.arange(3), "b": np.array(1.5)})
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["a"].tolist() == [0, 1, 2]
        assert arrays["b"] == 1.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON, but Expecting value: line 1"),
        ('{"a": ', "is the file cut short"),
        ('{"a": NaN}', "expected JSON, but NaN is not a number"),
        (
            '{"a": ' + "9" * 5000 + "}",
            r"expected whole numbers from -2\*\*63 to 2\*\*64 - 1, got 9{40}$",
        ),
        (
            '{"a": [18446744073709551616]}',
            "expected whole numbers from .*, got 18446744073709551616",
        ),
        ('{"a": -1e999}', "expected finite numbers, got -1e999"),
        ('{"a": "\\udc9b"}', r"expected whole characters, got '\\udc9b'"),
        ("[" * 100_000, "brackets nested too deep"),
    ],
    ids=["empty", "cut", "nan", "digits", "whole", "infinite", "half", "deep"],
)
def test_what_is_no_json(file, text, message):
    file.write_text(text)
    with pytest.raises(ValueError, match=rf"some\.json: .*{message}"):
        files.read_json(file)


def test_what_is_no_text(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"some\.json: expected JSON, but 'utf-8' codec"):
        files.read_json(file)


def test_whole_numbers_that_fit_an_array(file):
    file.write_text('{"a": [-9223372036854775808, 18446744073709551615]}')
    assert files.read_json(file) == {"a": [-(2**63), 2**64 - 1]}


def test_a_name_with_half_a_character_is_written(file):
    """As the command line gives it where a file's name is not UTF-8."""
    files.write_json(file, {"name": "a\udcffb", "pair": "\N{GRINNING FACE}"})
    assert files.read_json(file) == {"name": "a?b", "pair": "\N{GRINNING FACE}"}


def readers(path):
    return [
        lambda: files.read_json(path),
        lambda: files.read_csv(path),
        lambda: files.read_arrays(path),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file_is_not_read(tmp_path):
    """A pipe would keep the reader waiting, a device would never end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
    for name in ("pipe", "link", "socket"):
        for read in readers(tmp_path / name):
            with pytest.raises(ValueError, match=f"{name}: expected a file, but it is a pipe"):
                read()


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(2**40)  # which takes no room
    for read in readers(tmp_path / "huge"):
        with pytest.raises(ValueError, match=r"expected at most [0-9,]+ bytes, got 1,099,"):
            read()


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(file, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "file"
    other.write_text("of another")
    file.with_name(f".{file.name}.{os.getpid()}.tmp").symlink_to(other)
    files.write_json(file, {"new": 1})
    assert other.read_text() == "of another"
    assert alone(file)


def test_the_folder_is_on_the_disk_after_a_name_has_changed(file, monkeypatch):
    synced = []
    fsync = os.fsync

    def watched(number):
        synced.append(os.path.isdir(f"/proc/self/fd/{number}"))
        fsync(number)

    monkeypatch.setattr(os, "fsync", watched)
    files.write_json(file, {"new": 1})
    assert synced == [False, True]
