"""gateways: where bars come from."""
