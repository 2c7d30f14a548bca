"""What an organisation has that others must not reach: one object of each kind, and how every route is asked for it."""
