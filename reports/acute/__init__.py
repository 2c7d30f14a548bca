"""The most acute problems: what most appeals are about and where, how it grows, how much of it comes again (U-05)."""
