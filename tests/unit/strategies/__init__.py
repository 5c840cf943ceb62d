"""Tests of tradebus/strategies/."""
