"""The current layers as OGC API – Features under `/ogc`, so that QGIS, ArcGIS and GDAL open them by URL.

pygeoapi answers: paging, its links, CRS and limits, schemas, queryables and the OpenAPI document are its. Ours are

- `references`: the CRSs on offer, their axis order, and a `bbox` as an area;
- `collection`: a published version as a collection, and the rows a question selects;
- `provider`: the plugin through which pygeoapi asks a collection;
- `documents`: what pygeoapi's documents lack and what they say too much;
- `service`: one request asked of pygeoapi (its import takes a third of a second, so it is made at the first request);
- `routes`: the addresses, which the application joins to its other routes.

Answers are JSON alone: pygeoapi's HTML pages load scripts and styles from other networks.
"""

from layers.ogc.routes import build_routes

__all__ = ["build_routes"]
