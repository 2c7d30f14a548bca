"""What a machine needs to run Holos: programs, users, ports, keys, releases, and the supervisor of our processes."""
