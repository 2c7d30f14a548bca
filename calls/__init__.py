"""The life of a call: typed events, one state machine, an append-only journal and its readers."""
