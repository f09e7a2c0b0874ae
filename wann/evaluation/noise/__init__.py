"""Noise: what networks are still worth where their inputs or their own weights are disturbed."""
