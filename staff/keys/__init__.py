"""Keys by which information systems of other bodies work here, each with an account that has roles as people do."""
