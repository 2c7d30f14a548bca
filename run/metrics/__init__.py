"""Figures of the product for Prometheus: each process tells its own to Redis, `/metrics` gathers and adds the rest."""
