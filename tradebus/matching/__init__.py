"""matching: a venue without I/O: orders and bars in, executions out."""
