"""Programs around llama.cpp: their lines, their words, their logs."""
