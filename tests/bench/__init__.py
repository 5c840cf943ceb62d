"""bench: speed and memory, printed beside a baseline of the same run."""
