"""The exchange with information systems: JSON under /api/v1, told and done by the same functions as the pages."""
