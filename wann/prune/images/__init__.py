"""Pruning of dense image classifiers, trained by gradient."""
