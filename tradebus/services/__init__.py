"""services: the coroutines on the bus, one file each, in the order of the flow; one never imports another."""
