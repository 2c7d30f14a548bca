"""Appeals by the channel they came through: telephone, reception, letter, e-mail, site (U-129)."""
