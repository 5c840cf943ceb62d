"""Tests of tradebus/samples/."""
