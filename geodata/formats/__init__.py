"""How each format of an upload is read."""
