"""The live board; alarms and their ladder, surges, channels in use; listening, whispering, barging in."""
