"""What is on disk: network files, runs, the champions that come with the project."""
