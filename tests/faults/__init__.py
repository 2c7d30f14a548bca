"""Faults: what may be killed, cut or stopped while citizens are on the line, and what must hold afterwards."""
