"""One page that shows runs."""
