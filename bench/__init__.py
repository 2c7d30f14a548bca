"""Load and speed, against bare Asterisk and bare SQL."""
