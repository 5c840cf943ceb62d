"""engine: puts services together and runs them."""
