"""The content of a state file, which is written in pieces."""

import pytest

from connector.state import layout
from connector.state.layout import Tables, decode, empty, pieces


@pytest.mark.parametrize(
    "streams",
    [
        {},
        {"products": {}},
        {"products": {"4711": "5d41402a"}},
        {"products": {"4711": "5d41402a", "4712": "x"}, "meta": {"read": True}},
        {"products": {'a "quoted" key\n': {"of": [1, None, "ü"]}, "": ""}},
    ],
)
@pytest.mark.parametrize("entries_together", [1, 2, 10_000])
def test_what_is_written_in_pieces_is_read_as_it_was(
    streams: dict[str, dict[str, object]], entries_together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_PIECE", entries_together)
    tables: Tables = empty() | {name: {"1": entries} for name, entries in streams.items()}
    assert decode(b"".join(pieces(tables))) == tables


def test_no_piece_is_as_large_as_the_state() -> None:
    tables: Tables = empty() | {"products": {"1": {str(number): "5d41402a" for number in range(50_000)}}}
    written = list(pieces(tables))
    assert max(map(len, written)) < sum(map(len, written)) / 4
