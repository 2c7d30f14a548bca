"""The few pages that belong to no domain: the first page, search, health and the status of the installation."""
