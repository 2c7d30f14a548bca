"""How many calls an hour of a coming day will bring, by history, and how many operators it takes, by Erlang C."""
