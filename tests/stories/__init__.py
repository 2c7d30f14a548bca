"""Stories: the product as callers and operators know it, against real Asterisk, twice."""
