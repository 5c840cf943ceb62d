"""Tests of tradebus/cli/."""
