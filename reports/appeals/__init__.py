"""How appeals stand over a period: in term, how soon, overdue, reopened, returned; by executor and problem (U-06)."""
