"""The library: models on this machine, where programs keep them, and what a start of each does."""
