"""Terms: by when an appeal must be answered, by which rule and calendar, and what follows when it is late."""
