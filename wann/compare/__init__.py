"""Champions and pruned networks side by side, at equal connections."""
