"""unit: tests of tradebus/engine."""
