"""cli: the command `tradebus`: arguments -> config -> session -> exit code."""
