"""Pictures as tasks: digits, MNIST and Fashion-MNIST, and IDX files of the user's own."""
