"""strategies: add a file `<name>.py` with a class `<Name>Strategy`, and `<name>` is a strategy."""
