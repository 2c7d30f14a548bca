"""The second line (Z-04): operators ask specialists, who answer; whoever asked is told, and it is timed."""
