"""Pruning scores: what a weight is kept for. One file for each family; `registry` lists them."""
