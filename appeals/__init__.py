"""Applicants and their appeals: what cannot be settled on the spot, written down under a number."""
