"""The page shell: templates, macros, languages, static files and the small words of HTTP."""
