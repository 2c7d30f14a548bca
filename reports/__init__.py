"""Figures, each defined once; Excel, statutory forms, monthly packages."""
