"""The pieces of which llama.cpp builds every model's graph: each class adds one kind of them."""
