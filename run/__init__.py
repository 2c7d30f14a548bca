"""One module per process, the settings, and the command line."""
