"""Row and map show one selection, also once the table is sorted."""

from __future__ import annotations

from geodata.measures import area_m2
from geodata.store import Store
from tests.browser.conftest import OpenWindow


def test_a_row_of_a_sorted_table_is_highlighted_on_the_map(open_window: OpenWindow, store: Store) -> None:
    window = open_window()
    window.open("/?language=en&layers=district.parcels")
    window.wait_for_quiet_map()
    window.widget("attributes_open").locator("label").first.click()
    table = window.page.locator(".st-key-attribute_table [data-testid=stDataFrame]").first
    table.wait_for()
    window.wait_until_settled()
    box = table.bounding_box()
    assert box
    for _ in range(2):  # the heading of the area: first the smallest above, then the largest
        window.page.mouse.click(box["x"] + 380, box["y"] + 16)
        window.page.wait_for_timeout(500)
    window.page.mouse.click(box["x"] + 18, box["y"] + 16 + 36)
    window.wait_for("the highlight", lambda: window.map_state()["highlight"] is not None)
    parcels = store.read("parcels")
    assert window.map_state()["highlight"] == ["parcels", int(area_m2(parcels).to_numpy().argmax())]
    parcel = parcels.iloc[window.map_state()["highlight"][1]]
    assert window.widget("attribute_panel").get_by_text(parcel["parcel_id"]).count() > 0
