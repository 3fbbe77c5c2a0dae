"""Shapefiles: headers counted and tables read by `geodata.shapefile`, only the geometries by GDAL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS

from geodata import crs, encoding, shapefile
from geodata.archive import shown
from geodata.choices import Choices
from geodata.encoding import Value
from geodata.findings import Finding, found
from geodata.formats.base import Content, Geometries, UnreadableError, built, link
from geodata.i18n import Text, text
from geodata.reading import LayerInfo


def _bad_values(kind: str, column: str, rows: tuple[int, ...]) -> Finding:
    if kind == "D":
        message = text(
            "The date column “{column}” has values that are no dates; it came as text.", column=shown(column)
        )
        return found("BAD_DATE", message, rows=rows)
    message = text(
        "The number or yes/no column “{column}” has values that are none; it came as text.", column=shown(column)
    )
    return found("BAD_NUMBER", message, rows=rows)


_INDEX_REPAIRS = frozenset({"MISSING_SHX", "COUNT_MISMATCH", "CORRUPT"})
"""Codes under which a wrong or missing `.shx` is found; their repair makes it anew."""


def _wrong_claim(table: shapefile.Table, records: shapefile.Records, choices: Choices) -> Finding:
    """That the header of a `.dbf` counts otherwise than its rows; as many rows as shapes settle it."""
    mendable = int(table.rows == records.count)
    if mendable and "COUNT_MISMATCH" in choices.repairs:
        return found(
            "REPAIRED",
            text(
                "The {rows} rows that the .dbf holds were read, though its header claims {claimed}.",
                rows=table.rows,
                claimed=table.claimed_rows,
            ),
        )
    return found(
        "COUNT_MISMATCH",
        text(
            "The header of the .dbf claims {claimed} rows, it holds {rows}.",
            claimed=table.claimed_rows,
            rows=table.rows,
            mendable=mendable,
        ),
    )


@dataclass
class ShapefileSource:
    """A shapefile: its own headers counted, its table read here, only its geometries read by GDAL."""

    name: str
    parts: dict[str, Path]
    room: Path

    def peek(self) -> LayerInfo:
        """Counts and type from the headers."""
        records = shapefile.read_records(self.parts[".shp"])
        fields: list[str] = []
        if ".dbf" in self.parts:
            table = shapefile.read_table_header(self.parts[".dbf"])
            fields = [shapefile.field_name(each, self._encoding(table, None).encoding) for each in table.fields]
        known, _ = self._crs()
        return LayerInfo(self.name, records.count, records.geometry_type, crs.code_of(known), None, fields, None)

    def read(self, choices: Choices) -> Content:
        """Read geometries and table and hold their counts against each other."""
        findings: list[Finding] = []
        records = shapefile.read_records(self.parts[".shp"])
        for problem in records.problems:
            findings.append(found("CORRUPT", problem))
        if records.problems and not records.count:
            raise UnreadableError(*findings)
        if records.shape_type == 31:
            raise UnreadableError(
                found("UNSUPPORTED", text("“{name}” holds 3D bodies (multipatch), no areas.", name=shown(self.name)))
            )
        findings += self._check_index(records, choices)
        if records.damaged_rows:
            findings.append(
                found(
                    "CORRUPT",
                    text("Records of the .shp are damaged: what they hold contradicts their length or type."),
                    rows=records.damaged_rows,
                )
            )
        geometry, failed = self._geometries(records)
        table, table_findings = self._table(records, choices)
        findings += table_findings
        columns, names, used = pd.DataFrame(index=range(records.count)), None, None
        if table is not None:
            decision = self._encoding(table, choices.encoding)
            used = decision.encoding
            values = shapefile.read_columns(table, used)
            findings += decision.findings
            if values.cut_rows:
                findings.append(
                    found(
                        "TEXT_CUT",
                        text("Texts were cut in the middle of a character, because their column is too narrow."),
                        rows=values.cut_rows,
                    )
                )
            if values.broken_rows:
                findings.append(
                    found(
                        "ENCODING_LOST",
                        text("Texts hold bytes that are no characters in {encoding}; they show as �.", encoding=used),
                        rows=values.broken_rows,
                    )
                )
            if values.hidden_rows:
                findings.append(
                    found(
                        "TEXT_CUT",
                        text("Texts end at a zero byte though more stands behind it; what is behind was not read."),
                        rows=values.hidden_rows,
                    )
                )
            findings += [_bad_values(table.fields[number].kind, values.names[number], at) for number, at in values.bad]
            rows = min(records.count, table.rows)
            live = ~table.deleted[:rows]
            geometry, failed = geometry[:rows][live], failed[:rows][live]
            names = values.names
            columns = pd.DataFrame(
                {number: column[: len(geometry)] for number, column in enumerate(values.values)},
                index=range(len(geometry)),
            )
        known, why = self._crs()
        return Content(
            columns, geometry, failed, known, used, findings,
            has_z=records.has_z or records.has_m, names=names, crs_missing=why,
        )  # fmt: skip

    def _check_index(self, records: shapefile.Records, choices: Choices) -> list[Finding]:
        if ".shx" not in self.parts:
            if "MISSING_SHX" in choices.repairs and not records.problems:
                return [found("REPAIRED", text("The missing .shx was made anew from the .shp."))]
            return [
                found(
                    "MISSING_SHX",
                    text(
                        "The .shx of the shapefile is missing. Add it, or have it made anew from the .shp "
                        "({count} records).",
                        count=records.count,
                    ),
                )
            ]
        index = shapefile.read_index(self.parts[".shx"])
        if shapefile.index_fits(records, index) and not index.problems:
            return []
        mendable = int(not records.problems)
        if mendable and _INDEX_REPAIRS & choices.repairs:
            return [found("REPAIRED", text("The wrong .shx was made anew from the .shp."))]
        findings = [found("CORRUPT", replace(each, values={**each.values, "mendable": 0})) for each in index.problems]
        if index.count != records.count:
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, the .shx lists {entries}. The parts don't belong together, "
                        "or one is damaged.",
                        records=records.count,
                        entries=index.count,
                        mendable=mendable,
                    ),
                )
            )
        else:
            findings.append(
                found(
                    "CORRUPT",
                    text(
                        "The .shx points at other places than the records of the .shp.",
                        mendable=mendable,
                    ),
                )
            )
        return findings

    def _geometries(self, records: shapefile.Records) -> tuple[Geometries, npt.NDArray[np.bool_]]:
        if not records.count:
            return np.zeros(0, dtype=object), np.zeros(0, dtype=bool)
        self.room.mkdir(exist_ok=True)
        shp = self.room / "layer.shp"
        link(self.parts[".shp"], shp)
        shapefile.write_index(self.parts[".shp"], records, self.room / "layer.shx")
        wkb = pyogrio.raw.read(shp, encoding="ISO-8859-1")[2]
        if wkb is None or len(wkb) != records.count:
            raise UnreadableError(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, but {read} could be read.",
                        records=records.count,
                        read=0 if wkb is None else len(wkb),
                    ),
                )
            )
        geometry, failed = built(wkb)
        null = np.zeros(records.count, dtype=bool)
        null[list(records.null_rows)] = True
        failed |= shapely.is_missing(geometry) & ~null
        outside = shapefile.rows_outside_boxes(records, shapely.bounds(geometry))
        failed[list(set(outside) & set(records.damaged_rows))] = True
        self._outside = tuple(sorted(set(outside) - set(records.damaged_rows)))
        return geometry, failed

    def _table(self, records: shapefile.Records, choices: Choices) -> tuple[shapefile.Table | None, list[Finding]]:
        findings: list[Finding] = []
        outside = getattr(self, "_outside", ())
        if outside:
            findings.append(
                found(
                    "INVALID_GEOM",
                    text(
                        "Vertices lie outside the box that the file itself states for these features: look at them.",
                        mendable=0,
                    ),
                    rows=outside,
                )
            )
        if ".dbf" not in self.parts:
            if "MISSING_DBF" in choices.repairs:
                return None, [*findings, found("REPAIRED", text("The shapefile is read without its attributes."))]
            return None, [
                *findings,
                found(
                    "MISSING_DBF",
                    text("The .dbf of the shapefile is missing, which holds all attributes. Add it."),
                ),
            ]
        table = shapefile.read_table_header(self.parts[".dbf"])
        findings += [found("CORRUPT", problem) for problem in table.problems]
        if table.problems and not table.rows:
            return None, findings
        if table.claimed_rows != table.rows and not table.problems:
            findings.append(_wrong_claim(table, records, choices))
        if table.rows != records.count:
            findings.append(
                found(
                    "COUNT_MISMATCH",
                    text(
                        "The .shp holds {records} records, the .dbf {rows} rows. The parts don't belong together, "
                        "or one is damaged.",
                        records=records.count,
                        rows=table.rows,
                        mendable=0,
                    ),
                )
            )
        if table.deleted.any():
            findings.append(
                found(
                    "DELETED_ROWS",
                    text(
                        "{count} of {rows} rows are marked as deleted in the .dbf and were left out.",
                        count=int(table.deleted.sum()),
                        rows=table.rows,
                    ),
                    count=int(table.deleted.sum()),
                )
            )
        return table, findings

    def _encoding(self, table: shapefile.Table, chosen: str | None) -> encoding.Decision:
        declared, where = table.declared_encoding, "DBF"
        if ".cpg" in self.parts:
            said = self.parts[".cpg"].read_bytes()[:100].decode("latin-1").strip()
            if encoding.normalise(said):
                declared, where = said, ".cpg"
        names = [Value(each.raw_name, full=len(each.raw_name) >= 9) for each in table.fields]
        values = names + shapefile.distinct_texts(table)
        return encoding.decide(values, chosen=chosen, declared=declared, declared_by=where)

    def _crs(self) -> tuple[CRS | None, Text | None]:
        if ".prj" not in self.parts:
            return None, text("There is no .prj.")
        content = self.parts[".prj"].read_bytes()[:100_001]
        if not content.strip(b" \r\n\t\0\xef\xbb\xbf"):
            return None, text("The .prj is empty.")
        known = crs.read_prj(content)
        return known, None if known else text("The .prj can't be understood.")
