"""Tests of tradebus/analytics/."""
