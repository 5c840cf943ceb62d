"""flow: tests of whole sessions."""
