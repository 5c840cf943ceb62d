"""__main__: `python -m tradebus` is the command `tradebus`."""

from tradebus.cli.main import entry

entry()
