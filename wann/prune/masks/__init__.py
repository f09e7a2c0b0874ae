"""Masks: from scores and a sparsity to the weights that stay, and what of those has an effect."""
