"""Commands for those who change Holos: tools for tests, pictures, translations, licences, the list of settings."""
