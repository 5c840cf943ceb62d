"""storage: bars in files and tables, run folders."""
