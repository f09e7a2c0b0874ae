import pytest

from wann.core.checks import require


def test_installed_packages_are_enough():
    require("train", "training", "numpy", "os.path")


def test_a_missing_package_says_what_to_install():
    expected = r"^training needs more \(No module named 'absent'\): pip install 'wann\[train\]'$"
    with pytest.raises(ValueError, match=expected):
        require("train", "training", "numpy", "absent")
