"""Cards of appeals on paper: the statutory registration and control card, and a plain one, as a page and as PDF."""
