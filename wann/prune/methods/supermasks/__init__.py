"""Masks that are found for weights which nobody trains: by gradients, or by evolution."""
