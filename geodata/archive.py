"""Zip archives: looked through before anything is written, then unpacked under names of our own.

The order of the work is the safety: names, kinds, sizes and places of all entries are checked first; then only the
wanted ones are written, one by one, counting the bytes that really come. An entry's own path is never used.
"""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geodata.encoding import Value, looks_chinese
from geodata.findings import Finding, found
from geodata.i18n import Text, text

MAX_UPLOAD_BYTES = 512 * 2**20
"""Largest upload."""
MAX_ENTRIES = 1000
MAX_UNPACKED_BYTES = 2 * 2**30
"""Most bytes an archive may unpack to, whatever its ratio."""
FREE_BYTES = 512 * 2**20
"""Up to this size no ratio is too large: an honest attribute table was seen at 217, and zeros pack 1,000 times."""
MAX_RATIO = 150

ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".iso")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CHUNK = 1 << 20
_IGNORED_PARTS = {"__macosx"}
_IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Entry:
    """A file in an archive, under the name it shows."""

    name: str
    """Its path with forward slashes, decoded; only ever shown and compared, never used as a path."""
    size: int
    info: zipfile.ZipInfo

    @property
    def folder(self) -> str:
        """The folder it stands in; empty at the top."""
        return "" if "/" not in self.name else self.name.rsplit("/", 1)[0]

    @property
    def file_name(self) -> str:
        """Its name without folders."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """Its suffix in lower case, with the dot."""
        return PurePosixPath(self.file_name).suffix.lower()


@dataclass(frozen=True)
class Contents:
    """What an archive holds; entries are only to be written when there is no finding."""

    entries: list[Entry]
    findings: list[Finding]


def shown(name: str, *, limit: int = 80) -> str:
    """A name from outside as it may stand in a message: no control or direction characters, not endless."""
    plain = "".join(
        "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else character
        for character in name[: limit + 1]
    )
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def look_through(path: Path, *, nested_allowed: Iterable[str] = ()) -> Contents:
    """Look at every entry of a zip without unpacking any.

    Parameters
    ----------
    path : the archive
    nested_allowed : suffixes of archives that may stand inside, for example `.kmz`
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_ENTRIES:
                return Contents([], [_too_many(len(infos))])
            entries = [Entry(_name(info), info.file_size, info) for info in infos]
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error, UnicodeDecodeError, IndexError):
        return Contents([], [found("CORRUPT", text("The archive is damaged: its list of files can't be read."))])
    files = [entry for entry in entries if not entry.name.endswith("/") and not is_noise(entry.name)]
    findings = _check_names(entries)
    findings += _check_kinds(path, files, set(nested_allowed))
    findings += _check_sizes(path, entries)
    findings += _check_places(path, [entry for entry in entries if entry.info.compress_size])
    return Contents(files, findings)


def unpack(path: Path, entries: Iterable[tuple[Entry, Path]], *, limit: int = MAX_UNPACKED_BYTES) -> list[Finding]:
    """Write each entry to the path given for it, counting bytes; stops at the first that is not as it claims."""
    written = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for entry, target in entries:
                with archive.open(entry.info) as source, target.open("xb") as file:
                    while chunk := source.read(_CHUNK):
                        written += len(chunk)
                        if written > limit:
                            return [_too_large(written)]
                        file.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
        return [
            found(
                "CORRUPT",
                text(
                    "“{name}” in the archive is damaged and can't be unpacked. Pack it again.", name=shown(entry.name)
                ),
            )
        ]
    return []


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name as meant: UTF-8 where it is, else GBK as Windows in China writes it; back-slashes turned."""
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", errors="replace")
        name = _decoded(raw)
    return name.split("\0", 1)[0].replace("\\", "/")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if looks_chinese([Value(raw)]):
        return raw.decode("gb18030")
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def is_noise(name: str) -> bool:
    """Whether a file is only what an operating system leaves behind (`__MACOSX`, `.DS_Store`)."""
    parts = name.lower().split("/")
    return parts[0] in _IGNORED_PARTS or parts[-1] in _IGNORED_NAMES or parts[-1].startswith("._")


def _check_names(entries: list[Entry]) -> list[Finding]:
    findings = []
    unsafe = [entry for entry in entries if _is_unsafe(entry)]
    if unsafe:
        findings.append(
            found(
                "UNSAFE_PATH",
                text(
                    "The archive names files outside itself or links (for example “{name}”); it was not unpacked.",
                    name=shown(unsafe[0].name),
                ),
                count=len(unsafe),
            )
        )
    seen: set[str] = set()
    twice = []
    for entry in entries:
        key = unicodedata.normalize("NFC", entry.name).casefold()
        if key in seen and not entry.name.endswith("/"):
            twice.append(entry)
        seen.add(key)
    if twice:
        findings.append(
            found(
                "DUPLICATE_ENTRY",
                text(
                    "The archive holds more than one file called “{name}”; which one is meant can't be known.",
                    name=shown(twice[0].name),
                ),
                count=len(twice),
            )
        )
    return findings


def _is_unsafe(entry: Entry) -> bool:
    name = entry.name
    parts = name.split("/")
    mode = entry.info.external_attr >> 16
    kind = mode & 0o170000
    special = entry.info.create_system == 3 and kind not in (0, 0o100000, 0o040000)
    drive = len(name) > 1 and name[1] == ":" and name[0].isalpha()
    return name.startswith("/") or drive or ".." in parts or special or "\0" in entry.info.orig_filename or not name


def _check_kinds(path: Path, files: list[Entry], nested_allowed: set[str]) -> list[Finding]:
    findings = []
    encrypted = [entry for entry in files if entry.info.flag_bits & 0x41]
    if encrypted:
        findings.append(
            found(
                "ENCRYPTED",
                text("The archive is protected by a password. Pack it without one."),
                count=len(encrypted),
            )
        )
    strange = [entry for entry in files if entry.info.compress_type not in _METHODS]
    if strange and not encrypted:
        findings.append(
            found(
                "UNSUPPORTED",
                text(
                    "“{name}” is packed in a way that can't be read here (method {method}). "
                    "Pack it again as an ordinary zip.",
                    name=shown(strange[0].name),
                    method=strange[0].info.compress_type,
                ),
                count=len(strange),
            )
        )
    nested = [
        entry for entry in files if entry.suffix in (*ARCHIVE_SUFFIXES, ".kmz") and entry.suffix not in nested_allowed
    ]
    if not nested and not encrypted and not strange:
        nested = _hidden_archives(path, files, nested_allowed)
    if nested:
        findings.append(
            found(
                "NESTED_ARCHIVE",
                text(
                    "There is an archive inside the archive (“{name}”). Unpack it and pack the files themselves.",
                    name=shown(nested[0].name),
                ),
                count=len(nested),
            )
        )
    return findings


_HIDDEN_SIGNS = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_PACKED_FORMATS = (".xlsx", ".docx", ".pptx", ".xlsm", ".kmz", ".odt", ".ods", ".odp", ".wps", ".et", ".qgz", ".aprx",
                   ".lyrx", ".mxd", ".ppkx", ".mpkx", ".ovf", ".vsdx", ".dwfx")  # fmt: skip


def _hidden_archives(path: Path, files: list[Entry], nested_allowed: set[str]) -> list[Entry]:
    """Entries that are archives under another name."""
    hidden = []
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in files:
                if entry.suffix in _PACKED_FORMATS or entry.suffix in nested_allowed or entry.size < 22:
                    continue
                with archive.open(entry.info) as file:
                    if file.read(8).startswith(_HIDDEN_SIGNS):
                        hidden.append(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
        return []  # said when it is unpacked
    return hidden


def _check_sizes(path: Path, entries: list[Entry]) -> list[Finding]:
    total = sum(max(0, entry.size) for entry in entries)
    packed = max(1, path.stat().st_size)
    if total > MAX_UNPACKED_BYTES or (total > FREE_BYTES and total / packed > MAX_RATIO):
        return [_too_large(total)]
    return []


def _check_places(path: Path, entries: list[Entry]) -> list[Finding]:
    """Entries that share bytes with each other or reach beyond the file."""
    size = path.stat().st_size
    places = sorted((entry.info.header_offset, entry.info.compress_size) for entry in entries)
    end = 0
    for start, packed in places:
        # Before its bytes an entry has a header of at least 30 bytes.
        if start < end or start < 0 or start + 30 + packed > size:
            return [
                found("CORRUPT", text("The archive is damaged: its files overlap or lie outside it. Pack it again."))
            ]
        end = start + 30 + packed
    return []


def _too_many(count: int) -> Finding:
    return found(
        "TOO_MANY_ENTRIES",
        text("The archive holds {count} files; at most {limit} are read.", count=count, limit=MAX_ENTRIES),
    )


def _too_large(size: int) -> Finding:
    return found("TOO_LARGE", _size_text(size))


def _size_text(size: int) -> Text:
    return text(
        "The archive would unpack to {size} MB, more than is read here. Split it by layer.", size=-(-size // 2**20)
    )
