"""Appeals by the trees of topics: the classifier's main questions in their versions, and the topics of calls (Z-40)."""
