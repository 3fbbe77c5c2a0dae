"""The figures of the pages (Plotly), each from a table of numbers that `geodata` makes."""

from layers.charts.base import CONFIG, AreaIn, Chart, Look, enlarged, on_one_scale

__all__ = ["CONFIG", "AreaIn", "Chart", "Look", "enlarged", "on_one_scale"]
