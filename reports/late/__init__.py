"""Appeals that missed their term: how late, why, and what was done about each (U-14, U-113)."""
