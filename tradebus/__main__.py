"""__main__: `python -m tradebus` is the command `tradebus`."""

import sys

from tradebus.cli.main import main

sys.exit(main())
