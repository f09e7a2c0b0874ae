import errno

import pytest

from wann.cli import guards


def test_long_messages_keep_their_ends(capsys):
    with pytest.raises(SystemExit), guards.bad_input():
        raise ValueError(f"begin {'x' * 10**6} end")
    err = capsys.readouterr().err
    assert err.startswith("wann: begin xxx")
    assert err.endswith("xxx end\n")
    assert len(err) < 1100


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "not enough memory\n"),
        (MemoryError("Unable to allocate 8 TiB"), "not enough memory: Unable to allocate 8 TiB\n"),
        (ValueError("a\n  b"), "a b"),
        (OSError("just text"), "just text"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; everything"),
        (
            OSError(errno.EROFS, "Read-only", "a"),
            "a: Read-only; everything saved before is intact; ch",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "x.json"), "x.json: Permission denied"),
    ],
)
def test_errors_become_one_line(error, line, capsys):
    with pytest.raises(SystemExit) as end, guards.bad_input():
        raise error
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wann: {line}")
    assert err.count("\n") == 1


def test_a_second_process_is_told_in_one_line(tmp_path, capsys):
    with guards.alone(tmp_path / "config.json"):
        with pytest.raises(SystemExit) as end, guards.alone(tmp_path / "config.json"):
            raise AssertionError
        assert end.value.code == 2
    assert "is writing here; let it end or stop it first" in capsys.readouterr().err
    with guards.alone(tmp_path / "config.json"):
        pass


def test_defects_keep_their_traceback():
    with pytest.raises(ValueError, match="a defect"), guards.full_disk():
        raise ValueError("a defect")
