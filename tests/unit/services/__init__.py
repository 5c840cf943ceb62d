"""unit: tests of tradebus/services."""
