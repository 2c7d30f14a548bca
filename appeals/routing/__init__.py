"""Routing: who carries an appeal out, proposed by the place and the problem, with the reason in words (U-96, U-97)."""
