"""Where genomes come from: the first ones, and the children of one parent or of two."""
