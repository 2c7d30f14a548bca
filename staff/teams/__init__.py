"""Teams: who works with whom, under which leader."""
