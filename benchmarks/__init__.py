"""Measures how a run grows with the catalogue, and holds the figures against what must hold: `python -m benchmarks`."""
