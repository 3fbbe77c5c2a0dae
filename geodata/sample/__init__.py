"""The illustrative district: a believable place of 42 km² where no public data exist; always marked 示例数据."""

from geodata.sample.district import DATA_DATE, build_district
from geodata.sample.shapefiles import write_shapefiles

__all__ = ["DATA_DATE", "build_district", "write_shapefiles"]
