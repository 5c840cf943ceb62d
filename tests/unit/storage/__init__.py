"""Tests of tradebus/storage/."""
