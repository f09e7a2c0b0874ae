"""Everything that is compiled, behind functions that take arrays."""
