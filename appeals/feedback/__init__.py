"""What the author of an answered appeal says of it: a mark, whether the matter is settled, a comment (U-06, U-84)."""
