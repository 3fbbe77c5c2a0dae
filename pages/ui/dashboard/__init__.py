"""The dashboard's parts: what is shown of which features, tiles, sections, lists, and the map beside them."""
