"""Tests of tradebus/features/."""
