"""Calls that are owed: whoever did not get through is called back, once, until they were reached."""
