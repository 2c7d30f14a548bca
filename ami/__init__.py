"""Asterisk's Manager protocol; knows nothing of the product."""
