"""Episodes of an engine that steps many environments at once."""
