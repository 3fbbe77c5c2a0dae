"""The parts of the page Programme: lines and themes, boards and clusters, the tables that people enter."""
