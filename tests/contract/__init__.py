"""What every plug-in of a kind must do."""
