"""Many workers, a real database, and everything that can go wrong between them: `python -m tests.cluster`."""
