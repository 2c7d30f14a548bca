"""The work on appeals: who carries out what, each deed by one table, from the assignment to the closing."""
