"""Teams: who leads whom, and how many of them work now."""
