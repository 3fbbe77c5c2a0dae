"""Which encoding the text of a table is in, and how sure that is.

The rule, in this order: (1) what the person chose; (2) the encoding the file declares (`.cpg`, or the language byte of
a DBF), if every value fits it; (3) UTF-8, forgiving one character cut at the end of a field; (4) GB18030, if at least
70 % of the hanzi so read are common ones; (5) the likeliest, said to be a guess. "It decodes" alone proves nothing:
most western 8-bit tables decode as GBK too.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.findings import Finding, found
from geodata.i18n import Text, text

COMMON_SHARE = 0.70
"""Share of common hanzi from which on a text is taken for Chinese; Korean and Japanese ones reach 0.67."""

CANDIDATES = ("GB18030", "UTF-8", "BIG5", "CP949", "CP932", "CP1252", "CP1251")
"""Encodings that are tried and shown when none is certain."""

_CODE_PAGES = {
    "65001": "UTF-8",
    "936": "GBK",
    "54936": "GB18030",
    "20936": "GBK",
    "950": "BIG5",
    "949": "CP949",
    "932": "CP932",
    "28591": "ISO-8859-1",
    "88591": "ISO-8859-1",
    "885915": "ISO-8859-15",
}
_LANGUAGE_BYTES = {
    0x01: "CP437",
    0x02: "CP850",
    0x03: "CP1252",
    0x13: "CP932",
    0x4D: "GBK",
    0x4E: "CP949",
    0x4F: "BIG5",
    0x58: "CP1252",
    0x59: "CP1252",
    0x78: "BIG5",
    0x79: "CP949",
    0x7A: "GBK",
    0x7B: "CP932",
    0x7D: "CP1255",
    0x7E: "CP1256",
    0x64: "CP852",
    0x65: "CP866",
    0x87: "CP852",
    0x26: "CP866",
    0xC8: "CP1250",
    0xC9: "CP1251",
    0xCA: "CP1254",
    0xCB: "CP1253",
    0xCC: "CP1257",
}
# Decoders that are no character sets of a table, though Python lists them as text encodings.
_NOT_TABLES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_LOST = re.compile("\ufffd|锟斤拷|\\?{3,}|^\\?{2,}$")
_WORDS = ("ANSI", "OEM", "WINDOWS", "CODEPAGE", "CODE PAGE", "CP", "MS")


@dataclass(frozen=True)
class Value:
    """A text value as bytes, and whether it fills its field (only then can a character be cut at its end)."""

    raw: bytes
    full: bool = False


@dataclass(frozen=True)
class Candidate:
    """One way to read a table's text: three sample rows, and how much of it looks like common Chinese."""

    encoding: str
    samples: tuple[str, ...]
    share_common: float | None
    """Share of common hanzi among the hanzi; None without hanzi."""
    fits: bool
    """Whether every value decodes."""


@dataclass(frozen=True)
class Decision:
    """The encoding taken, and what is to be said about it."""

    encoding: str
    findings: tuple[Finding, ...] = ()


def normalise(name: str) -> str | None:
    """The usual name of an encoding as people and `.cpg` files write it; None when it is not known.

    Takes `ANSI 936`, `cp936`, `65001`, `utf8`, `Windows-1252`, `ISO 8859-1` and the like, in any letter case.
    """
    cleaned = name.strip().strip("\ufeff\0\"'").strip().upper()
    for word in _WORDS:
        if cleaned.startswith(word):
            cleaned = cleaned.removeprefix(word).strip(" -_:")
    digits = re.sub(r"[\s_\-]", "", cleaned)
    if digits in _CODE_PAGES:
        return _CODE_PAGES[digits]
    tries = [f"CP{digits}"] if digits.isdecimal() else [cleaned.replace(" ", "-"), digits, re.sub(r"\s", "", cleaned)]
    for candidate in tries:
        known = _lookup(candidate)
        if known:
            return known
    return None


def _lookup(name: str) -> str | None:
    if not name or not name.isascii() or len(name) > 40:
        return None
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    plain = codec.name.replace("-", "_")
    if not getattr(codec, "_is_text_encoding", True) or plain in _NOT_TABLES or plain.startswith(("utf_16", "utf_32")):
        return None
    if plain in {"utf_8", "utf_8_sig", "ascii"}:
        return "UTF-8"
    if plain in {"gb2312", "gbk", "hz"}:
        return "GBK"
    return {"iso8859_1": "ISO-8859-1", "euc_kr": "CP949", "shift_jis": "CP932"}.get(plain, codec.name.upper())


def of_language_byte(language: int) -> str | None:
    """Encoding declared by a DBF's language byte; None for 0 and 0x57, which declare nothing."""
    return _LANGUAGE_BYTES.get(language)


def _codec(encoding: str) -> str:
    # GBK tables hold characters of its superset; Big5 ones those of the Hong Kong and Windows extensions.
    return {"GBK": "gb18030", "BIG5": "cp950"}.get(encoding, encoding)


def decode(value: Value, encoding: str) -> tuple[str, bool, bool]:
    """A value's text, whether a character was cut at its end, and whether anything else in it did not decode."""
    codec = _codec(encoding)
    try:
        return value.raw.decode(codec), False, False
    except UnicodeDecodeError:
        pass
    if value.full:
        for cut in range(1, min(4, len(value.raw)) + 1):
            if value.raw[-cut] < 0x80 and encoding == "UTF-8":
                break
            try:
                whole = value.raw[:-cut].decode(codec)
            except UnicodeDecodeError:
                continue
            if _is_incomplete(value.raw[-cut:], codec):
                return whole, True, False
    return value.raw.decode(codec, errors="replace"), False, True


def _is_incomplete(tail: bytes, codec: str) -> bool:
    """Whether `tail` is the beginning of a character whose rest is missing."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        return decoder.decode(tail) == "" and bool(decoder.getstate()[0])
    except UnicodeDecodeError:
        return False


def fits(values: Iterable[Value], encoding: str) -> bool:
    """Whether every value decodes, forgiving one character cut at the end of a full field."""
    return all(not decode(value, encoding)[2] for value in values)


@cache
def common_hanzi() -> frozenset[str]:
    """The 3,755 common hanzi: level one of GB 2312, its rows 16 to 55."""
    cells = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(16, 56) for cell in range(1, 95))
    return frozenset(cell.decode("gb2312") for cell in cells if not (cell[0] == 0xD7 and cell[1] > 0xF9))


def is_hanzi(character: str) -> bool:
    """Whether a character is a Chinese character."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def common_share(texts: Iterable[str]) -> float | None:
    """Share of common hanzi among the hanzi of `texts`; None without any."""
    hanzi = common = 0
    known = common_hanzi()
    for each in texts:
        for character in each:
            if is_hanzi(character):
                hanzi += 1
                common += character in known
    return common / hanzi if hanzi else None


def looks_chinese(values: Sequence[Value]) -> bool:
    """Rule (4): every value is GB18030, and at least 70 % of its hanzi are common ones."""
    decoded = []
    for value in values:
        content, _, bad = decode(value, "GB18030")
        if bad:
            return False
        decoded.append(content)
    share = common_share(decoded)
    return share is not None and share >= COMMON_SHARE


def is_lost(content: str) -> bool:
    """Whether a text shows that characters were lost before the file was made: `锟斤拷`, `???` or U+FFFD."""
    return bool(_LOST.search(content))


def decide(
    values: Iterable[Value], *, chosen: str | None = None, declared: str | None = None, declared_by: str = ""
) -> Decision:
    """Which encoding `values` are in, by the five rules above.

    Parameters
    ----------
    values : the table's text values and field names; plain ASCII ones say nothing and are skipped
    chosen : what the person chose, in any spelling
    declared : what the file declares, in any spelling
    declared_by : where it does, for the message: `.cpg`, or the DBF's language byte
    """
    telling = [value for value in values if not value.raw.isascii()]
    unknown: list[Finding] = []
    if chosen:
        choice = normalise(chosen)
        if choice is None:
            unknown.append(
                found("ENCODING_CONTRADICTED", text("The chosen encoding “{name}” is not known.", name=chosen[:40]))
            )
        elif fits(telling, choice):
            return Decision(choice)
        else:
            return Decision(choice, (_does_not_fit(telling, choice, text("the encoding you chose")),))
    said = normalise(declared) if declared else None
    if not telling:
        return Decision(said or "UTF-8", tuple(unknown))
    if said and fits(telling, said):
        better = _better_than(said, telling)
        if better is None:
            return Decision(said, tuple(unknown))
        return Decision(better, (*unknown, _contradicted(said, declared_by, better)))
    if fits(telling, "UTF-8"):
        guess = "UTF-8"
    elif looks_chinese(telling):
        guess = "GB18030"
    elif said and sum(not decode(value, said)[2] for value in telling) >= 0.9 * len(telling):
        return Decision(said, (*unknown, _does_not_fit(telling, said, text("the encoding it declares"))))
    else:
        guess = _likeliest(telling)
        return Decision(guess, (*unknown, _unsure(guess, said, declared_by)))
    if said:
        return Decision(guess, (*unknown, _contradicted(said, declared_by, guess)))
    return Decision(guess, (*unknown, _guessed(guess)))


def _better_than(said: str, telling: Sequence[Value]) -> str | None:
    if said == "UTF-8":
        return None
    if _codec(said) == "gb18030":
        # Much UTF-8 fits GB18030 too, and then reads as rare hanzi.
        return "UTF-8" if not looks_chinese(telling) and fits(telling, "UTF-8") else None
    # Everything fits a single-byte encoding, so that it fits is no evidence; UTF-8 and common hanzi are.
    if said in {"BIG5", "CP949", "CP932"}:
        return None
    if fits(telling, "UTF-8"):
        return "UTF-8"
    return "GB18030" if looks_chinese(telling) else None


def _guessed(encoding: str) -> Finding:
    return found(
        "ENCODING_GUESSED",
        text(
            "The file doesn't say which encoding its text is in; it was read as {encoding}, which its bytes fit. "
            "Look at a few names before you go on.",
            encoding=encoding,
        ),
    )


def _unsure(encoding: str, said: str | None, declared_by: str) -> Finding:
    if said:
        return found(
            "ENCODING_CONTRADICTED",
            text(
                "The text is not in {declared}, which the file declares ({where}), and nothing else fits surely; "
                "it was read as {encoding}. Choose the encoding in which the names read right.",
                declared=said,
                where=declared_by,
                encoding=encoding,
            ),
        )
    return found(
        "ENCODING_GUESSED",
        text(
            "The file doesn't say which encoding its text is in, and none fits surely; it was read as {encoding}. "
            "Choose the encoding in which the names read right.",
            encoding=encoding,
        ),
    )


def _contradicted(said: str, declared_by: str, used: str) -> Finding:
    return found(
        "ENCODING_CONTRADICTED",
        text(
            "The file declares its text as {declared} ({where}), but the bytes are {encoding}; {encoding} was used. "
            "Look at a few names before you go on.",
            declared=said,
            where=declared_by,
            encoding=used,
        ),
    )


def _does_not_fit(telling: Sequence[Value], encoding: str, whose: Text) -> Finding:
    bad = sum(decode(value, encoding)[2] for value in telling)
    return found(
        "ENCODING_CONTRADICTED",
        text(
            "{count} of {total} texts can't be read as {encoding}, {whose}; their unreadable characters show as �.",
            count=bad,
            total=len(telling),
            encoding=encoding,
            whose=whose,
        ),
    )


def _likeliest(telling: Sequence[Value]) -> str:
    return max(CANDIDATES, key=lambda encoding: _score(telling, encoding))


def _score(telling: Sequence[Value], encoding: str) -> float:
    """How much of the text beyond ASCII is what this encoding's writers write, less what does not decode."""
    usual = total = bad = 0
    for value in telling[:2000]:
        content, _, broken = decode(value, encoding)
        bad += broken
        for character in content:
            if character > "\x7f":
                total += 1
                usual += _is_usual(character, encoding)
    return (usual / total if total else 0.0) - bad / max(1, len(telling[:2000]))


def _is_usual(character: str, encoding: str) -> bool:
    if encoding == "CP1252":
        return character.isalpha() or character in "°²³–—’“”«»"
    if encoding == "CP1251":
        return "\u0400" <= character <= "\u04ff" and character not in "ЂЃѓЉЊЌЋЏђљњќћџ"
    if encoding == "CP949":
        return "\uac00" <= character <= "\ud7a3"
    if encoding == "CP932":
        return "\u3040" <= character <= "\u30ff" or character in common_hanzi()
    if encoding == "BIG5":
        return "\u4e00" <= character <= "\u9fff" and b"\xa4" <= character.encode("cp950", "ignore") < b"\xc7"
    return character in common_hanzi() or character in "，。、；：（）《》“”－—·％"


def candidates_of(values: Sequence[Value]) -> list[Candidate]:
    """The ways to read `values`, likeliest first, each with three samples side by side."""
    telling = [value for value in values if not value.raw.isascii()]
    samples = sorted(telling, key=lambda value: -len(value.raw))[:3]
    rows = []
    for encoding in CANDIDATES:
        decoded = [decode(value, encoding) for value in telling]
        rows.append(
            (
                _score(telling, encoding),
                Candidate(
                    encoding,
                    tuple(decode(value, encoding)[0] for value in samples),
                    common_share(content for content, _, _ in decoded),
                    not any(bad for _, _, bad in decoded),
                ),
            )
        )
    rows.sort(key=lambda row: (not row[1].fits, -row[0]))
    return [candidate for _, candidate in rows]


def candidates(dbf_path: Path) -> list[Candidate]:
    """The ways to read the text of a DBF, likeliest first, each with three samples; empty when all of it is ASCII."""
    from geodata.shapefile import read_dbf_texts

    values = read_dbf_texts(dbf_path)
    return candidates_of(values) if any(not value.raw.isascii() for value in values) else []
