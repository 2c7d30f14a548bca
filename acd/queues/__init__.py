"""How queues serve: skills, teams, rules of priority and overflow, and why an agent was offered a call."""
