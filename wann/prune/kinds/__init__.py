"""The two kinds of dense networks that are pruned: what the command needs to know of each."""
