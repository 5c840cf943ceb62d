"""exit_codes: what a command's exit code means, for the end of its help."""

EPILOG = """\b
Exit codes:
  0    ok
  1    the run failed
  2    usage
  3    configuration
  4    not found, or not running
  5    time-out
  6    reconciliation mismatch
  7    risk halt or kill switch
  8    verification difference
  130  interrupted
"""
"""For click's `epilog`; the mark at its start keeps the lines apart. The numbers are those of `tradebus.errors`."""
