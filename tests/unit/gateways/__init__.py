"""Tests of tradebus/gateways/."""
