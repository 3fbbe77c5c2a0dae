"""The migrations of the catalogue, run by `geodata.catalogue`."""
