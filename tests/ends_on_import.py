"""A module that ends the program that imports it, as one of an environment may."""

import sys

sys.exit(0)
