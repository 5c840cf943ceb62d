"""tradebus: a trading daemon around one deterministic message bus."""
