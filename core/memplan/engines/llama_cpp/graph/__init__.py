"""llama.cpp's compute buffers: its graph, the split over backends, and the graph allocator."""
