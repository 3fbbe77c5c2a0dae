"""A PDF read by hand, as far as tests of sheets ask: fonts, text, and the paths of a page in millimetres."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

MM_PER_PT = 25.4 / 72
_NUMBER = r"-?\d*\.?\d+"
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class PdfFile:
    """Objects of a PDF by number: dictionaries as they are written, streams unpacked."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        self.dictionaries: dict[int, str] = {}
        self.streams: dict[int, bytes] = {}
        start = re.compile(rb"(\d+) 0 obj\r?\n(.*?)(?:endobj|stream\r?\n)", re.S)
        found = start.search(content)
        while found:
            number, written = int(found[1]), found[2].decode("latin-1")
            self.dictionaries[number] = written
            end = found.end()
            if found[0].rstrip().endswith(b"stream"):
                assert "FlateDecode" in written
                reader = zlib.decompressobj()  # it knows itself where a stream ends
                self.streams[number] = reader.decompress(content[end:])
                end = len(content) - len(reader.unused_data)
            found = start.search(content, end)

    def _of_type(self, kind: str) -> list[tuple[int, str]]:
        return [(at, words) for at, words in self.dictionaries.items() if re.search(rf"/Type\s*/{kind}\b", words)]

    def _refers(self, words: str, name: str) -> int:
        return int(re.search(rf"/{name}\s+(\d+) 0 R", words)[1])

    @property
    def contents(self) -> list[str]:
        """What each page draws, in the order of pages."""
        kids = re.findall(r"(\d+) 0 R", re.search(r"/Kids \[(.*?)\]", self._of_type("Pages")[0][1], re.S)[1])
        return [self.streams[self._refers(self.dictionaries[int(kid)], "Contents")].decode("latin-1") for kid in kids]

    @property
    def page_sizes_mm(self) -> list[tuple[int, int]]:
        boxes = [re.search(r"/MediaBox \[ 0 0 (\S+) (\S+) \]", words) for _, words in self._of_type("Page")]
        return [(round(float(box[1]) * MM_PER_PT), round(float(box[2]) * MM_PER_PT)) for box in boxes]

    @property
    def font_kinds(self) -> set[str]:
        """The subtypes of its fonts."""
        return {re.search(r"/Subtype\s*/(\w+)", words)[1] for _, words in self._of_type("Font")}

    @property
    def font_programs(self) -> list[bytes]:
        """The font file of each descriptor, as TrueType is embedded."""
        return [self.streams[self._refers(words, "FontFile2")] for _, words in self._of_type("FontDescriptor")]

    def _signs(self) -> dict[str, dict[int, str]]:
        """Name of a font on the pages → code → what it stands for."""
        names = next(words for words in self.dictionaries.values() if re.search(r"/F1 \d+ 0 R", words))
        signs: dict[str, dict[int, str]] = {}
        for name, number in re.findall(r"/(F\d+) (\d+) 0 R", names):
            table = self.streams[self._refers(self.dictionaries[int(number)], "ToUnicode")].decode()
            signs[name] = {
                int(first, 16) + step: bytes.fromhex(code).decode("utf-16-be")
                for first, _, codes in re.findall(r"<(\w+)> <(\w+)> \[(.*?)\]", table, re.S)
                for step, code in enumerate(re.findall(r"<(\w+)>", codes))
            }
        return signs

    @property
    def texts(self) -> list[list[str]]:
        """The lines of text of each page, as a search finds them."""
        signs = self._signs()
        return [
            [_line(block, signs) for block in re.findall(r"\bBT\b(.*?)\bET\b", page, re.S)] for page in self.contents
        ]

    def filled(self, colour: str, page: int = 0) -> list[tuple[float, float, float, float]]:
        """(left, bottom, right, top) in mm of each path that is filled with a colour, `#rrggbb`."""
        wanted = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        boxes = []
        for block in re.split(r"(?<=\s)q\s", self.contents[page]):
            # a grey is written as one number
            fills = list(re.finditer(rf"({_NUMBER}) ({_NUMBER}) ({_NUMBER}) rg|({_NUMBER}) g\b", block))
            found = [float(number) for number in fills[-1].groups() if number] if fills else []
            if found and all(abs(a - b) < 1e-3 for a, b in zip(found * (3 // len(found)), wanted, strict=True)):
                path = block[fills[-1].end() :]
                points = re.findall(rf"({_NUMBER}) ({_NUMBER}) [ml]\b", path)
                x, y = ([float(point[axis]) * MM_PER_PT for point in points] for axis in (0, 1))
                if points:
                    boxes.append((min(x), min(y), max(x), max(y)))
        return boxes


def _line(block: str, signs: dict[str, dict[int, str]]) -> str:
    words, font = "", ""
    for name, text in re.findall(r"/(F\d+) \S+ Tf|\(((?:\\.|[^\\)])*)\)", block, re.S):
        if name:
            font = name
            continue
        codes = re.sub(
            rb"\\([0-7]{1,3}|.)",
            lambda found: bytes([int(found[1], 8)]) if found[1].isdigit() else _ESCAPES.get(found[1], found[1]),
            text.encode("latin-1"),
            flags=re.S,
        )
        words += "".join(
            signs[font].get(int.from_bytes(codes[at : at + 2], "big"), "?") for at in range(0, len(codes), 2)
        )
    return words
