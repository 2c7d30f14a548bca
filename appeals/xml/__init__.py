"""Appeals as XML files: the schema that is published, files of the journal's list, files of others taken in."""
