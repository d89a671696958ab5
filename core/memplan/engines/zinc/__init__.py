"""The engine ZINC."""
