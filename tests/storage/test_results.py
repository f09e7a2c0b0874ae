import os

import pytest

from wann.storage.results import claim


def test_what_cannot_be_written_is_known_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(PermissionError, match=r"Permission denied: '.*/new'"):
        claim([tmp_path / "new" / "sweep.csv"], force=True)


def test_folders_are_made_and_files_are_not_replaced(tmp_path):
    file = tmp_path / "new" / "sweep.csv"
    claim([file], force=False)
    assert file.parent.is_dir()
    file.touch()
    with pytest.raises(ValueError, match=r"sweep\.csv: exists already; --force replaces it"):
        claim([file], force=False)
    claim([file], force=True)
