"""Sets of row numbers on their way to the map: inside its state where they are small, else at an address of their own.

A set is a bit for each row of a layer, the lowest row in the lowest bit.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

INLINE_BYTES = 2_000
"""Up to this size a set stands in the state itself (16,000 rows)."""
_SETS_KEPT = 200
Rows = Collection[int] | NDArray[Any]
"""Row numbers, or an array with a Boolean for each row of the layer."""

_sets: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


def to_state(rows: Rows, count: int, build: str) -> str | dict[str, str]:
    """A set of row numbers as a state carries it: base64, or `{"url": …}` where it is large.

    Parameters
    ----------
    count : how many rows the layer has
    build : the tiles it was made for (`layers.tiles.build_of`)
    """
    bits = to_bits(rows, count)
    if len(bits) <= INLINE_BYTES:
        return base64.b64encode(bits).decode("ascii")
    name = hashlib.sha256(build.encode() + bits).hexdigest()[:20]
    with _lock:
        _sets[name] = gzip.compress(bits, mtime=0)
        _sets.move_to_end(name)
        while len(_sets) > _SETS_KEPT:
            _sets.popitem(last=False)
    return {"url": f"/rows/{name}?b={build}"}


def compressed(name: str) -> bytes | None:
    """The set that stands at `/rows/<name>`, gzipped; None when it is no longer kept."""
    with _lock:
        return _sets.get(name)


def inlined(told: str | dict[str, str] | None) -> str | None:
    """A set as `to_state` told it, within the state however large it is: for states that outlive the address."""
    if not isinstance(told, dict):
        return told
    packed = compressed(told["url"].removeprefix("/rows/").partition("?")[0])
    return None if packed is None else base64.b64encode(gzip.decompress(packed)).decode("ascii")


def to_bits(rows: Rows, count: int) -> bytes:
    """A bit for each of `count` rows.

    Raises
    ------
    IndexError
        A row number is beyond the layer's last, or there are more or fewer Booleans than rows.
    """
    chosen = np.asarray(rows if hasattr(rows, "__array__") else list(rows))
    bits = np.zeros(count, dtype=bool)
    bits[chosen if chosen.size else []] = True
    return np.packbits(bits, bitorder="little").tobytes()
