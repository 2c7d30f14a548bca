"""Where things happen: settlements, districts, streets with their former names, houses, who looks after them."""
