"""What the control card says besides its matter: coded values, and the dates of its paper (appendix A.1)."""
