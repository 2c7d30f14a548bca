"""How much of its working hours each part of the installation was there, month by month, from the monitor's log."""
