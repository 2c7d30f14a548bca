"""Organisations, people, roles and what they may do; sign-in and the audit trail."""
