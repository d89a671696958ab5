"""What differs between ggml's backends: memory, operations, order of work."""
