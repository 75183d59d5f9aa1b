"""How columns of logs are encoded, where that depends on what they hold."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidemark.parquet_files import SMALL_LEVEL, file_bytes, read_file

SECOND = 1_700_000_000


def encodings(table, name, *, by_visitor=True):
    """The encodings of a column in the table's file, which has all rows."""
    content = file_bytes(table, level=SMALL_LEVEL, by_visitor=by_visitor)
    assert read_file(io.BytesIO(content)).equals(table)
    group = pq.read_metadata(io.BytesIO(content)).row_group(0)
    columns = {group.column(number).path_in_schema: group.column(number) for number in range(group.num_columns)}
    return set(columns[name].encodings)


@pytest.mark.parametrize("by_visitor", [True, False])
def test_moments_of_reception_have_a_dictionary_when_they_are_whole_milliseconds(by_visitor):
    numbers = range(100_000)
    times = [SECOND + number // 7 for number in numbers]
    coarse = pa.table(
        {
            "server_time": times,
            "sequence": [
                (at * 1000 + number * 37 % 1000) * 4_096_000 for number, at in zip(numbers, times, strict=True)
            ],
        }
    )
    assert "RLE_DICTIONARY" in encodings(coarse, "received_after", by_visitor=by_visitor)
    fine = pa.table(
        {
            "server_time": times,
            "sequence": [
                (at * 1_000_000 + number * 37_123 % 1_000_000) * 4096 for number, at in zip(numbers, times, strict=True)
            ],
        }
    )
    assert "DELTA_BINARY_PACKED" in encodings(fine, "received_after", by_visitor=by_visitor)


def test_times_are_stored_by_differences_where_they_rise():
    table = pa.table({"server_time": [SECOND, SECOND + 3, SECOND + 7]})
    assert "DELTA_BINARY_PACKED" in encodings(table, "server_time", by_visitor=False)
    assert encodings(table, "server_time") == {"PLAIN", "RLE"}  # visitors of a place stand together
