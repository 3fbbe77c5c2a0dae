"""Land-use codes of older standards, and names, turned into the national codes of `schema.LAND_USES`.

National codes are those of 国土空间调查、规划、用途管制用地用海分类指南 (Ministry of Natural Resources, 2023): pairs of
digits, the first pair one of 01–24. Where an older class is spread over several national ones, the one that holds
most of it stands here, or the shorter code that holds them all; a class that has no counterpart is left out, and its
parcels are to be coded by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from geodata.schema import LAND_USES
from geodata.values import How, Read, is_no_value, name_key

NATIONAL = "national"
GB_50137 = "GB 50137-2011"
GB_21010 = "GB/T 21010-2017"
STANDARDS = (NATIONAL, GB_50137, GB_21010)
"""Standards that `Choices.land_use_standard` may name."""

FROM_GB_50137: dict[str, str] = {
    "R": "07", "R1": "0701", "R11": "0701", "R12": "0702", "R2": "0701", "R21": "0701", "R22": "0702",
    "R3": "0701", "R31": "0701", "R32": "0702",
    "A": "08", "A1": "0801", "A2": "0803", "A21": "0803", "A22": "0803", "A3": "08", "A31": "0804", "A32": "0804",
    "A33": "0804", "A34": "0804", "A35": "0802", "A4": "0805", "A41": "0805", "A42": "0805", "A5": "0806",
    "A51": "0806", "A52": "0806", "A53": "0806", "A59": "0806", "A6": "0807", "A7": "1504", "A8": "1502", "A9": "1503",
    "B": "09", "B1": "0901", "B11": "0901", "B12": "0901", "B13": "0901", "B14": "0901", "B2": "0902", "B21": "0902",
    "B22": "0902", "B29": "0902", "B3": "0903", "B31": "0903", "B32": "0903", "B4": "0901", "B41": "0901",
    "B49": "0901", "B9": "0904",
    "M": "1001", "M1": "1001", "M2": "1001", "M3": "1001",
    "W": "1101", "W1": "1101", "W2": "1101", "W3": "1101",
    "S": "12", "S1": "1207", "S2": "1206", "S3": "1208", "S4": "1208", "S41": "1208", "S42": "1208", "S9": "1209",
    "U": "13", "U1": "13", "U11": "1301", "U12": "1303", "U13": "1304", "U14": "1305", "U15": "1306", "U16": "13",
    "U2": "13", "U21": "1302", "U22": "1309", "U3": "13", "U31": "1310", "U32": "13", "U9": "13",
    "G": "14", "G1": "1401", "G2": "1402", "G3": "1403",
    "H13": "07", "H14": "07", "H2": "12", "H21": "1201", "H22": "1202", "H23": "1204", "H24": "1203", "H25": "1205",
    "H3": "13", "H4": "15", "H41": "1501", "H42": "1505", "H5": "1002",
    "E": "23", "E1": "17", "E11": "17", "E12": "1703", "E13": "17", "E2": "01", "E9": "23",
}  # fmt: skip
"""城市用地分类与规划建设用地标准, 2011. Farm and forest land are one class there (E2): taken as 01, it has no supply
status either way. H, H1, H11, H12 (whole built-up areas) and H9 have no counterpart."""

FROM_GB_21010: dict[str, str] = {
    "01": "01", "0101": "0101", "0102": "0102", "0103": "0103",
    "02": "02", "0201": "0201", "0202": "0202", "0203": "0203", "0204": "02",
    "03": "03", "0301": "0301", "0302": "0302", "0303": "0507", "0304": "0501", "0305": "0303", "0306": "0502",
    "0307": "0304",
    "04": "04", "0401": "0401", "0402": "0503", "0403": "0402", "0404": "0403",
    "05": "09", "0501": "0901", "0502": "0901", "0503": "0901", "0504": "0901", "0505": "0902", "0506": "0903",
    "0507": "0904",
    "06": "10", "0601": "1001", "0602": "1002", "0603": "1003", "0604": "1101",
    "07": "07", "0701": "0701", "0702": "0703",
    "08": "08", "0801": "0801", "0802": "08", "0803": "0804", "0804": "0802", "0805": "0806", "0806": "0807",
    "0807": "0803", "0808": "0805", "0809": "13", "0810": "14",
    "09": "15", "0901": "1501", "0902": "1502", "0903": "1505", "0904": "1503", "0905": "1506", "0906": "15",
    "10": "12", "1001": "1201", "1002": "1206", "1003": "1202", "1004": "1207", "1005": "1208", "1006": "06",
    "1007": "1203", "1008": "1204", "1009": "1205",
    "11": "17", "1101": "1701", "1102": "1702", "1103": "1703", "1104": "1704", "1105": "0505", "1106": "0506",
    "1107": "1705", "1108": "0504", "1109": "13", "1110": "1706",
    "12": "23", "1201": "23", "1202": "06", "1203": "23", "1204": "23", "1205": "23", "1206": "23", "1207": "23",
}  # fmt: skip
"""土地利用现状分类, 2017."""

_TABLES = {GB_50137: FROM_GB_50137, GB_21010: FROM_GB_21010}

# How many second-level classes each national class has; more than that is a code of another standard.
_SECOND_LEVEL = {
    "01": 3, "02": 5, "03": 4, "04": 3, "05": 7, "06": 4, "07": 4, "08": 7, "09": 4, "10": 3, "11": 2, "12": 9,
}  # fmt: skip

_NAMES = {
    "住宅用地": "0701", "城镇住宅用地": "0701", "一类居住用地": "0701", "二类居住用地": "0701", "三类居住用地": "0701",
    "农村宅基地": "0703", "机关团体用地": "0801", "行政办公用地": "0801", "科研用地": "0802", "文化用地": "0803",
    "文化设施用地": "0803", "教育用地": "0804", "教育科研用地": "08", "中小学用地": "0804", "体育用地": "0805",
    "医疗卫生用地": "0806", "社会福利用地": "0807", "商业用地": "0901", "商业服务业设施用地": "09", "商服用地": "09",
    "商务用地": "0902", "商务金融用地": "0902", "娱乐用地": "0903", "娱乐康体用地": "0903", "工业用地": "1001",
    "一类工业用地": "1001", "二类工业用地": "1001", "三类工业用地": "1001", "采矿用地": "1002", "工矿仓储用地": "10",
    "仓储用地": "11", "物流仓储用地": "1101", "储备库用地": "1102", "道路与交通设施用地": "12", "铁路用地": "1201",
    "公路用地": "1202", "城镇道路用地": "1207", "城镇村道路用地": "1207", "城市道路用地": "1207", "道路用地": "1207",
    "交通场站用地": "1208", "供水用地": "1301", "排水用地": "1302", "供电用地": "1303", "供燃气用地": "1304",
    "供热用地": "1305", "通信用地": "1306", "环卫用地": "1309", "消防用地": "1310", "绿地": "14",
    "绿地与广场用地": "14", "公园绿地": "1401", "防护绿地": "1402", "广场用地": "1403", "留白": "16", "水域": "17",
    "河流水面": "1701", "湖泊水面": "1702", "水库水面": "1703", "坑塘水面": "1704", "沟渠": "1705",
    "公共管理与公共服务设施用地": "08", "公共设施用地": "08", "特殊用地": "15",
}  # fmt: skip

_SPELLINGS: dict[str, str] = {
    **{name_key(name): code for name, code in _NAMES.items()},
    **{name_key(label.in_("en")): code for code, label in LAND_USES.items()},
    **{name_key(label.in_("zh").removesuffix("用地")): code for code, label in LAND_USES.items()},
    **{name_key(label.in_("zh")): code for code, label in LAND_USES.items()},
}

_DIGITS = re.compile(r"(\d{1,6})(?:\.0+)?")
_DIGITS_AND_NAME = re.compile(r"(\d{2,6})[-_:：、.]?([^\d\W].*|[(（].*)")
_MIXED = re.compile(r"([ABEGHMRSUW]\d{0,3})(?:[/+、,;]?[ABEGHMRSUW]\d{0,3})+", re.IGNORECASE)
_LETTERS = re.compile(r"([ABEGHMRSUW]\d{0,3})(?:[a-z]|[-_:：、.]?[^\x00-\x7f].*|\(.*)?", re.IGNORECASE)


def standard_named(name: str) -> str | None:
    """The standard a person named: `GB 50137-2011`, `gb50137`, `GB/T 21010`; None for one that is not known."""
    written = re.sub(r"[^a-z0-9]", "", name_key(name))
    known = {"national": NATIONAL, "gb50137": GB_50137, "gbt21010": GB_21010, "gb21010": GB_21010}
    return next((standard for start, standard in known.items() if written.startswith(start)), None)


def is_national(code: str) -> bool:
    """Whether `code` is written as the national standard writes it: two, four or six digits that begin with 01–24."""
    return len(code) in (2, 4, 6) and code.isascii() and code.isdigit() and code[:2] in LAND_USES


def standard_of(codes: Iterable[str]) -> str:
    """The standard that codes as written seem to follow; the national one where they could be either.

    Letters are GB 50137-2011. Digits are GB/T 21010-2017 when every code is found there and one of them is beyond the
    national list, as 0810 or 1104 are.
    """
    written = [name_key(code).upper() for code in codes]
    letters = sum(bool(_LETTERS.fullmatch(code) or _MIXED.fullmatch(code)) for code in written)
    if letters and letters * 2 >= len(written):
        return GB_50137
    digits = [match[1] for code in written if (match := _DIGITS.fullmatch(code) or _DIGITS_AND_NAME.fullmatch(code))]
    digits = [code if len(code) % 2 == 0 else f"0{code}" for code in digits]
    beyond = [code for code in digits if len(code) == 4 and _is_beyond(code)]
    if beyond and all(code[:4] in FROM_GB_21010 for code in digits):
        return GB_21010
    return NATIONAL


def _is_beyond(code: str) -> bool:
    """Whether the second level of a code is beyond the national list."""
    return len(code) >= 4 and int(code[2:4]) > _SECOND_LEVEL.get(code[:2], 99)


def may_be_gb_21010(codes: Iterable[str]) -> bool:
    """Whether codes taken as national ones would also be GB/T 21010-2017, and mean something else there (05, 06)."""
    known = set(codes)
    return all(code[:2] <= "12" for code in known) and any(code[:2] in ("05", "06") for code in known)


def land_use_reader(standard: str) -> Callable[[str], Read[str]]:
    """A reader of land-use values by one standard: codes, codes with their names behind them, and names.

    `How.REWRITTEN` marks a code translated from an older standard or a name, `How.LOST_ZERO` a code that had lost its
    leading zero, `How.FIRST` the first of several codes of mixed use.
    """
    table = _TABLES.get(standard, {})

    def read(value: str) -> Read[str]:
        if is_no_value(value):
            return Read(None, How.EMPTY)
        written = name_key(value)
        if written in _SPELLINGS:
            return Read(_SPELLINGS[written], How.REWRITTEN)
        if match := _LETTERS.fullmatch(written):
            return _older(match[1].upper(), FROM_GB_50137)
        if match := _MIXED.fullmatch(written):
            return Read(_older(match[1].upper(), FROM_GB_50137).value, How.FIRST)
        match = _DIGITS.fullmatch(written) or _DIGITS_AND_NAME.fullmatch(written)
        if not match:
            return Read(None, How.BAD)
        code = match[1]
        lost_zero = len(code) % 2 == 1
        code = f"0{code}" if lost_zero else code
        if table and standard == GB_21010:
            return _older(code, table)
        # 999 is no code that lost its zero: 09 has four classes.
        if not is_national(code) or (lost_zero and _is_beyond(code)):
            return Read(None, How.BAD)
        return Read(code, How.LOST_ZERO if lost_zero else How.PLAIN)

    return read


def _older(code: str, table: dict[str, str]) -> Read[str]:
    """The national code of an older one, or of the class above it."""
    shortest = 1 if code[0].isalpha() else 2
    for length in range(len(code), shortest - 1, -1):
        if code[:length] in table:
            return Read(table[code[:length]], How.REWRITTEN)
    return Read(None, How.BAD)
