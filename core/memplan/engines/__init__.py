"""The engines: each turns a model and a request into an estimate of its memory."""
