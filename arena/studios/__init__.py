"""Two procedural image studios that read a prompt and draw it with code, no neural network."""
