"""Who stands before others in a queue: rules of priority, and numbers that are favoured."""
