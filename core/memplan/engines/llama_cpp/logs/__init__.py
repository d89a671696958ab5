"""How llama.cpp writes its logs: rows of the lines that it prints, and what it is asked for."""
