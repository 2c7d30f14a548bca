"""What others report from by SQL: views without personal data, each role of PostgreSQL bound to one organisation."""
