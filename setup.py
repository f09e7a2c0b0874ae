"""What pyproject.toml cannot say: packages that lie in other folders than the names they have.

That of the tasks lies in envs/; in a checkout wann/envs is a link to it, but where git makes no
links there is none. The champions that come along lie in runs/champions/.
"""

from setuptools import find_packages, setup

FOLDERS = {"wann.envs": "envs", "wann.storage.champions": "runs/champions"}

inside = {f"wann.envs.{name}" for name in find_packages("envs")}
packages = {*find_packages(include=["wann*"]), *FOLDERS, *inside}
setup(packages=sorted(packages), package_dir=FOLDERS)
