import pytest

from tidemark.reporting.formats.exported import exported


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (0.0, "0.0"),
        (-2.5, "-2.5"),
        (1e-5, "1.0E-5"),
        (1.5e25, "1.5E+25"),
        (float("nan"), "NAN"),
        ("it's \\ x", "'it\\'s \\\\ x'"),
        ("a\0b", "'a' . \"\\0\" . 'b'"),
        ([], "array (\n)"),
        ({"1": "x", "01": 2}, "array (\n  1 => 'x',\n  '01' => 2,\n)"),
        ([[1]], "array (\n  0 => \n  array (\n    0 => 1,\n  ),\n)"),
    ],
)
def test_values_are_written_as_source_text(value, text):
    assert exported(value) == text
