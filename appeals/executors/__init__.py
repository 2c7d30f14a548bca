"""Who carries appeals out: bodies, departments and enterprises, their people, and who stands in for the absent."""
