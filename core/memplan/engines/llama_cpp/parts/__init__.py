"""What a run of llama.cpp keeps beside the model and its context."""
