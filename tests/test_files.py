"""Files: on which line everything stands, faults of form in plain words, and writing that is whole or not at all."""

from __future__ import annotations

import datetime
import os
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from bothand.faults import Fault, FaultsFound
from bothand.files import Document, data_folder, examine, read_toml, scan_csv, told, validate, write_atomically
from bothand.files.lines import toml_lines

SHIPPED = sorted(data_folder().rglob("*.toml"))


def paths(data: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every key and list item."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in entries:
        yield (*where, step)
        yield from paths(value, (*where, step))


# ------------------------------------------------------------------------------------------------------------- lines


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_key_and_item_of_a_shipped_file_has_its_line(path: Path) -> None:
    text = path.read_text("utf-8")
    found = toml_lines(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    rows = text.splitlines()
    for where, line in found.items():
        if isinstance(where[-1], str):
            assert where[-1] in rows[line - 1]


def test_lines_are_right_whatever_the_form() -> None:
    text = """# a comment with = and [brackets]
a = 1
b.c = 2  # x = 3
"d e" = "text with # and = and ]"
'f.g' = 'x'
many = [
  1,  # one
  [2, 3],
  { x = 4, y = [5,
    6] },
]
long = \"\"\"
[not.a.table]
key = 1
"quoted" \\\"\"\" \"\"\"\"
raw = '''
[[no]]
'''
[t]
u = 1979-05-27 07:32:00
[t."v.w"]
x = true
[[row]]
n = 1
[[row]]
[row.in]
n = 2
[[row.deep]]
n = 3
[[row.deep]]
n = 4
"""
    data = tomllib.loads(text)
    found = toml_lines(text)
    assert set(found) == set(paths(data))
    rows = text.splitlines()
    expected = {
        ("b", "c"): "b.c = 2", ("d e",): '"d e"', ("f.g",): "'f.g'", ("many", 1, 1): "[2, 3]", ("many", 2, "y"): "{ x",
        ("many", 2, "y", 1): "6] }", ("raw",): "raw", ("t", "u"): "u =", ("t", "v.w", "x"): "x = true",
        ("row",): "[[row]]", ("row", 0, "n"): "n = 1", ("row", 1, "in", "n"): "n = 2",
        ("row", 1, "deep", 1, "n"): "n = 4",
    }  # fmt: skip
    for where, part in expected.items():
        assert part in rows[found[where] - 1], where
    assert found["row", 1] == found["row", 0] + 2


scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text("ab#=[]{},'\"\\ \n", max_size=6))
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b-c", "d e"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {as_toml(entry)}' for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{as_toml(entry)}, # , ]\n" for entry in value) + "]"
    if isinstance(value, str):
        for old, new in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
            value = value.replace(old, new)
        return f'"{value}"'
    return str(value).lower()


@given(st.dictionaries(st.sampled_from(["a", "b-c", "d e"]), values, max_size=3))
def test_whatever_is_written_the_walk_finds_what_the_parser_finds(data: dict[str, Any]) -> None:
    text = "".join(f'"{key}" = {as_toml(value)}\n' for key, value in data.items())
    assert tomllib.loads(text) == data
    assert set(toml_lines(text)) == set(paths(data))


def test_a_key_that_has_no_line_stands_with_the_one_above_it() -> None:
    document = Document(Path("x.toml"), {}, {("a",): 3, ("a", "b"): 5})
    assert document.line(("a", "b", "c")) == 5
    assert document.line(("a", "x")) == 3
    assert document.line(("y",)) is None
    assert document.fault("missing.", ("y",)).line == 1


# -------------------------------------------------------------------------------------------------------------- form


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: Annotated[str, Field(min_length=1)]
    kind: Literal["one", "two"]
    day: Annotated[datetime.date, Field(strict=True)] = datetime.date(2026, 1, 1)
    count: Annotated[int, Field(strict=True, gt=0)] = 1
    flag: Annotated[bool, Field(strict=True)] = False
    mixed: str | list[str] = ""
    years: tuple[int, int] = (1, 2)
    part: list[Part] = []
    names: list[str] = Field(["x"], min_length=1)


SOUND = """
label = "x"
kind = "one"
"""


def document(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    return read_toml(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "unknown key 'colour'."),
        ("labl = 1", "unknown key 'labl'. Did you mean 'label'?"),
        ('kind = "won"', "found 'won'; allowed: one, two. Did you mean 'two'?"),
        ('day = "2026-01-01"', "a date such as 2026-01-31, without quotes, was expected, found '2026-01-01'."),
        ("count = 0", "a number greater than 0 was expected, found 0."),
        ('count = "three"', "a number was expected, found 'three'."),
        ("flag = 1", "true or false was expected, found 1."),
        ("mixed = 3", "text or a list was expected, found 3."),
        ("names = []", "at least 1 entry was expected, found an empty list."),
        ('names = ["x", true]', "text was expected, found true."),
        ("years = [2026]", "an entry of this list is missing."),
        ("years = [1, 2, 3]", "at most 2 entries was expected, found a list."),
        ("part = 3", "a list was expected, found 3."),
        ("[[part]]\nshare = 0.5", "the key 'name' is missing."),
        ('[[part]]\nname = "A b"', "a name of lower-case letters, digits and underscores was expected, found 'A b'."),
        ('[[part]]\nname = "a"\nshare = nan', "found nan."),
        ('[[part]]\nname = "a"\nshare = -0.5', "a number greater than or equal to 0 was expected, found -0.5."),
        (f'[[part]]\nname = "{"a" * 100}-"', "found a text of 101 characters."),
        ("[part]", "a list was expected, found a table."),
    ],
)
def test_faults_of_form_are_told_in_plain_words(text: str, words: str, tmp_path: Path) -> None:
    rows = [row for row in SOUND.splitlines() if row.split(" ")[0] != text.split(" ")[0]]
    with pytest.raises(FaultsFound) as found:
        validate(Whole, document(tmp_path, "\n".join([*rows, text])))
    assert [fault for fault in found.value.faults if words in str(fault)], str(found.value)
    assert "Input should" not in str(found.value)


def test_an_empty_label_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="text that is not empty was expected"):
        validate(Whole, document(tmp_path, SOUND.replace('"x"', '""')))


def test_what_is_faulty_is_put_aside_and_the_rest_is_built(tmp_path: Path) -> None:
    text = 'kind = "won"\ncount = "x"\ncolour = 1\n[[part]]\nname = "a"\nshare = 2.0\n[[part]]\nshare = 0.5\n'
    whole, faults = examine(Whole, document(tmp_path, text))
    assert whole is not None
    assert (whole.count, whole.kind, len(whole.part), whole.part[0].name, whole.part[1].share) == (
        1,
        "one",
        2,
        "a",
        0.5,
    )
    assert {fault.where for fault in faults} == {"label", "kind", "count", "colour", "part.0.share", "part.1.name"}


def test_only_named_keys_get_a_stand_in_when_they_are_named(tmp_path: Path) -> None:
    text = 'label = 3\nkind = "one"\ncolour = 1\n'
    assert examine(Whole, document(tmp_path, text), fill=("label",))[0] is not None
    whole, faults = examine(Whole, document(tmp_path, text), fill=())
    assert whole is None
    assert len(faults) == 2


def test_a_file_without_fault_is_built_as_it_is(tmp_path: Path) -> None:
    whole, faults = examine(Whole, document(tmp_path, SOUND))
    assert not faults
    assert whole == Whole(label="x", kind="one")


def test_what_follows_from_a_fault_of_form_is_not_told_again() -> None:
    form = [Fault("f", "", "line.2.share"), Fault("f", "", "note")]
    meaning = [
        Fault("f", m, where) for m, where in (("a", "line.2"), ("b", "line.2.share.x"), ("c", "line.20"), ("d", ""))
    ]
    assert [fault.message for fault in told([*meaning, Fault("g", "e", "note")], form)] == ["c", "d", "e"]


# ------------------------------------------------------------------------------------------------------------ tables


def test_whole_rows_are_read_beside_a_faulty_one(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"two\nlines"\n3\n\n4,5\n', "utf-8")
    rows, faults = scan_csv(path, ("a", "b"))
    assert rows == [(2, {"a": "1", "b": "two\nlines"}), (6, {"a": "4", "b": "5"})]
    assert [(fault.line, fault.message) for fault in faults] == [(4, "1 cells; the header has 2.")]


def test_no_row_is_read_when_a_column_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,bb\n1,2\n", "utf-8")
    rows, faults = scan_csv(path, ("a", "b"))
    assert rows == []
    assert [fault.message for fault in faults] == ["unknown column 'bb'.", "the column 'b' is missing."]


# ----------------------------------------------------------------------------------------------------------- writing


def test_a_file_is_written_whole_and_may_be_read_by_others(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]
