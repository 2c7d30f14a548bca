"""The menu editor: a draft drawn as a tree, changed part by part, compared, checked and published."""
