"""Finding features by what they are called: names, keys, enterprises, holders; in Chinese, in pinyin or by initials."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from pypinyin import Style, pinyin

from geodata.schema import LAYERS, Kind

_MOST_READINGS = 8
"""Of a name whose characters are read in several ways; the usual reading comes first."""
_BREAK = "\n"
_WRITTEN, _READ = 0, 3
"""Where the ranks of what is written as asked for begin, and of what is read so."""


@dataclass(frozen=True)
class Hit:
    """A feature, and what of it was found."""

    layer: str
    row: int
    key: str
    name: str
    """What it is called: name or enterprise, else the key."""
    field: str
    found: str
    """The value of `field` that was found."""


@dataclass(frozen=True)
class _Column:
    """One field of a layer: each of its values once, with the rows that have it."""

    layer: str
    field: str
    values: pd.Index[str]
    codes: NDArray[np.intp]
    written: pd.Series[str]
    read: pd.Series[str]


class SearchIndex:
    """What the features of a set of frames are called.

    Parameters
    ----------
    frames : layer → clean frame
    """

    def __init__(self, frames: Mapping[str, GeoDataFrame]) -> None:
        self._frames = frames
        self._columns = [
            _column(layer, field, frame[field])
            for layer, frame in frames.items()
            for field in _searched(layer)
            if field in frame
        ]

    def find(self, words: str, most: int = 20) -> list[Hit]:
        """The features that words name, the best first: as written before as read, whole before begun before within.

        Letter case, width and spaces make no difference. Each feature is there once, by its best field.
        """
        asked = _folded(words)
        if not asked:
            return []
        ranked = []
        for place, column in enumerate(self._columns):
            ranks = _ranks(column, asked)
            rows = np.flatnonzero(np.isin(column.codes, np.flatnonzero(ranks >= 0)))
            lengths = column.values.str.len().to_numpy()
            ranked += [
                (ranks[code], place, lengths[code], row) for row, code in zip(rows, column.codes[rows], strict=True)
            ]
        best: dict[tuple[str, int], Hit] = {}
        for _, place, _, row in sorted(ranked):
            column = self._columns[place]
            best.setdefault((column.layer, int(row)), self._hit(column, int(row)))
            if len(best) == most:
                break
        return list(best.values())

    def _hit(self, column: _Column, row: int) -> Hit:
        feature = self._frames[column.layer].iloc[row]
        key = str(feature[LAYERS[column.layer].key])
        name = feature.get("name", feature.get("enterprise"))
        found = str(column.values[column.codes[row]])
        return Hit(column.layer, row, key, name if isinstance(name, str) and name else key, column.field, found)


def _searched(layer: str) -> list[str]:
    """The fields of a layer that hold names: its texts, the name first."""
    texts = [field.name for field in LAYERS[layer].fields if field.kind is Kind.TEXT]
    return sorted(texts, key=lambda field: field not in ("name", "enterprise"))


def _column(layer: str, field: str, column: pd.Series[str]) -> _Column:
    codes, values = pd.factorize(column)
    texts = pd.Series(values, dtype="str")
    return _Column(layer, field, pd.Index(texts), codes, texts.map(_folded), texts.map(_readings))


def _ranks(column: _Column, asked: str) -> NDArray[np.intp]:
    """How well each value fits, 0 the best; -1 where it does not."""
    ranks = np.full(len(column.values), -1)
    for base, texts in ((_READ, column.read), (_WRITTEN, column.written)):
        within = _BREAK + texts + _BREAK
        for rank, part in ((2, asked), (1, _BREAK + asked), (0, _BREAK + asked + _BREAK)):
            ranks[within.str.contains(part, regex=False).to_numpy(dtype=bool)] = base + rank
    return ranks


def _folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def _readings(words: str) -> str:
    """How Chinese words are read: in full and by initials, each reading on a line of its own; "" without Chinese."""
    folded = _folded(words)
    if folded.isascii():
        return ""
    syllables = pinyin(folded, style=Style.NORMAL, heteronym=True, errors=list)  # type: ignore[arg-type]  # a list is one item a sign
    readings = list(islice(product(*(dict.fromkeys(each) for each in syllables)), _MOST_READINGS))
    lines = ["".join(reading) for reading in readings] + ["".join(each[:1] for each in reading) for reading in readings]
    return _BREAK.join(dict.fromkeys(lines))
