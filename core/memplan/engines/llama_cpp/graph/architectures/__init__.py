"""One short function for each architecture: what its graph does, layer by layer."""
