"""Installing, starting, stopping: fast tests of the parts, and `make run` in an empty Debian (`empty_root`)."""
