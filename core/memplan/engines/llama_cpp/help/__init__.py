"""What the help says of llama.cpp alone."""
