"""How llama.cpp builds the graph of each architecture, a short function each."""
