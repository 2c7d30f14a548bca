"""What the author of an appeal was told, letter by letter, whether it arrived, and sending it once more."""
