"""The registration index of an appeal: beside its number, by the pattern that an organisation has chosen."""
