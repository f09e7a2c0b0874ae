"""The dense networks that are pruned, and a pruned one as a `Model`."""
