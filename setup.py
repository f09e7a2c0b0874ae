"""What pyproject.toml cannot say: that the package wann.envs lies in the folder envs.

In a checkout wann/envs is a link to it, but where git makes no links there is none.
"""

from setuptools import find_packages, setup

inside = {f"wann.envs.{name}" for name in find_packages("envs")}
packages = {*find_packages(include=["wann*"]), "wann.envs", *inside}
setup(packages=sorted(packages), package_dir={"wann.envs": "envs"})
