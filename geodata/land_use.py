"""Land-use codes: the national classification of 2020/2023, and the older standards that files of 2018 carry.

The older codes are mapped by their meaning to the first two digits of the national classification (国土空间调查、规划、
用途管制用地用海分类). Sources: GB 50137-2011 城市用地分类与规划建设用地标准, table 3; GB/T 21010-2017 土地利用现状分类,
table 1.
"""

from __future__ import annotations

import re

import pandas as pd

from geodata.findings import Finding, Severity, found
from geodata.i18n import text
from geodata.schema import LAND_USES, Field

NATIONAL, GB_50137, GB_21010 = "national", "GB 50137-2011", "GB/T 21010-2017"
STANDARDS = (NATIONAL, GB_50137, GB_21010)

_FROM_50137 = {
    "R": "07", "A": "08", "B": "09", "M": "10", "W": "11", "S": "12", "U": "13", "G": "14",
    "H1": "07", "H2": "12", "H3": "13", "H4": "15", "H5": "10", "H9": "15", "E1": "17", "E2": "01", "E9": "23",
    "H": "23", "E": "23",
}  # fmt: skip
_FROM_21010 = {
    "01": "01", "02": "02", "03": "03", "04": "04", "05": "09", "06": "10", "0604": "11", "07": "07", "08": "08",
    "0809": "13", "0810": "14", "09": "15", "10": "12", "11": "17", "1107": "06", "12": "23", "1202": "06",
}  # fmt: skip
_CHINESE = {label.in_("zh"): code for code, label in LAND_USES.items()}
_SHORT = {name.removesuffix("用地"): code for name, code in _CHINESE.items()}


def read_codes(column: pd.Series[str], field: Field, standard: str | None) -> tuple[pd.Series[str], list[Finding]]:
    """A column of land-use codes in the national classification, kept at the length they have.

    Parameters
    ----------
    column : n rows of text
    standard : one of `STANDARDS`; without it, letters are taken as GB 50137-2011, digits as national

    Returns
    -------
    (Series, findings)
        Codes of two or more digits; empty where a code is unknown, which is an error, for land use is required.
    """
    words = column.str.strip()
    letters = words.str.match(r"^[A-Za-z]", na=False)
    findings: list[Finding] = []
    if standard is None and letters.any():
        standard = GB_50137
        findings.append(
            found(
                "BAD_CODE",
                text(
                    "Land-use codes are letters: they were taken as {standard} and mapped to the national"
                    " classification; the original codes are kept.",
                    standard=GB_50137,
                ),
                count=int(letters.sum()),
                field=field.name,
            )
        )
    codes: list[str | None] = []
    bad: list[int] = []
    padded: list[int] = []
    for row, word in enumerate(words):
        code = None if pd.isna(word) else _to_national(str(word), standard or NATIONAL)
        if code is None:
            bad.append(row)
        elif (standard or NATIONAL) == NATIONAL and code != word and str(word).isdigit():
            padded.append(row)
        codes.append(code)
    if padded:
        findings.append(
            found(
                "BAD_CODE",
                text(
                    "{count} land-use codes had lost their leading zero (701 for 0701) and were read with it.",
                    count=len(padded),
                ),
                rows=padded,
                field=field.name,
            )
        )
    bad = [row for row in bad if not pd.isna(words.iloc[row])]
    if bad:
        examples = ", ".join(dict.fromkeys(str(words.iloc[row])[:24] for row in bad[:3]))
        findings.append(
            found(
                "BAD_CODE",
                text(
                    "{count} land-use codes are unknown ({examples}; first in row {row}). Wanted: two or more digits of"
                    " the national classification, or say which standard the file follows.",
                    count=len(bad),
                    examples=examples,
                    row=bad[0] + 1,
                ),
                rows=bad,
                severity=Severity.ERROR,
                field=field.name,
            )
        )
    return pd.Series(codes, index=column.index, dtype="str"), findings


def is_mapped(standard: str | None, column: pd.Series[str]) -> bool:
    """Whether codes are replaced by others, so that the original ones have to be kept beside them."""
    letters = bool(column.str.match(r"^[A-Za-z]", na=False).any())
    return standard in (GB_50137, GB_21010) or (standard is None and letters)


def _to_national(word: str, standard: str) -> str | None:
    word = word.removesuffix(".0")
    if standard == GB_50137:
        return _longest_prefix(word.upper(), _FROM_50137)
    if standard == GB_21010:
        return _longest_prefix(word, _FROM_21010)
    if word in _CHINESE or word in _SHORT:
        return _CHINESE.get(word) or _SHORT[word]
    if not re.fullmatch(r"\d{1,8}", word):
        return None
    code = word if len(word) % 2 == 0 else f"0{word}"
    return code if code[:2] in LAND_USES else None


def _longest_prefix(word: str, table: dict[str, str]) -> str | None:
    for length in range(len(word), 0, -1):
        if word[:length] in table:
            return table[word[:length]]
    return None
