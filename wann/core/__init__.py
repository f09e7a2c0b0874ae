"""What everything stands on: genomes and networks, settings, random streams, files."""
