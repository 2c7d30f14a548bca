"""Maps: where appeals are, the point of one that people move, and the map itself, made of an OpenStreetMap extract."""
