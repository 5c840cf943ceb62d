"""Tests of tradebus/config/yaml_file.py."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradebus.config.yaml_file import parse_scalar, read_yaml
from tradebus.errors import ConfigError


def read(folder: Path, text: str | bytes) -> dict[str, object]:
    """Write a file and read it."""
    path = folder / "a.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_yaml(path).values


def test_a_mapping_comes_back_with_its_lines(tmp_path: Path) -> None:
    """Messages can say where a key stands."""
    path = tmp_path / "a.yaml"
    path.write_text("# a comment\nrisk:\n  allow_short: true\nsymbols: [AAPL, 'B']\n")

    file = read_yaml(path)

    assert file.values == {"risk": {"allow_short": True}, "symbols": ["AAPL", "B"]}
    assert file.lines == {("risk",): 2, ("risk", "allow_short"): 3, ("symbols",): 4}
    assert file.name == str(path)


@pytest.mark.parametrize("text", ["", "# nothing\n", "~\n", "null\n", "---\n"])
def test_a_file_without_keys_is_an_empty_mapping(tmp_path: Path, text: str) -> None:
    """All keys commented out means all defaults."""
    assert read(tmp_path, text) == {}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("5", 5),
        ("-5", -5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.5e-3", 0.0015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("1e400", math.inf),
        ("on", "on"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("12:30:00", "12:30:00"),
        ("2020-01-01", "2020-01-01"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("BRK.B", "BRK.B"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_only_the_words_of_yaml_1_2_are_special(tmp_path: Path, word: str, value: object) -> None:
    """The symbol ON stays a symbol, and a date stays text."""
    assert read(tmp_path, f"key: {word}\n") == {"key": value}
    assert parse_scalar(word) == value


def test_nan_is_read_as_nan(tmp_path: Path) -> None:
    """So that the models can refuse it by its name."""
    value = read(tmp_path, "key: .nan\n")["key"]

    assert isinstance(value, float)
    assert math.isnan(value)


def test_quotes_make_text(tmp_path: Path) -> None:
    """A quoted number is text."""
    assert read(tmp_path, "key: '5'\nother: \"true\"\n") == {"key": "5", "other": "true"}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BOMB, "uses an anchor or alias, line 1"),
        ("a: 1\nb: *a\n", "uses an anchor or alias, line 2"),
        ("a: !!python/object/apply:os.system ['true']\n", "uses a tag, line 1"),
        ("a: !include other.yaml\n", "uses a tag, line 1"),
        ("a: !!str 5\n", "uses a tag, line 1"),
        ("!!map {a: 1}\n", "uses a tag, line 1"),
        ("a: 1\nb: 2\na: 3\n", "has the key a twice, line 3"),
        ("risk: {a: 1, a: 2}\n", "has the key a twice, line 1"),
        ("5: 1\n", "has a key that is not text, line 1"),
        ("[a]: 1\n", "has a key that is not text, line 1"),
        ("true: 1\n", "has a key that is not text, line 1"),
        ('"a\\nb": 1\n', "has a key that is not text, line 1"),
        ("- a\n- b\n", "holds no mapping"),
        ("just text\n", "holds no mapping"),
        ("a: b: c\n", "mapping values are not allowed here, line 1"),
        ("a: [1\n", "line 2"),
        ("a: 1\n---\nb: 2\n", "but found another document, line 2"),
        ("a\x00b: 1\n", "characters that text has not"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"\x7fELF\x02\x01\x01\x80", "not text in UTF-8"),
        ("a: " + "[" * 10_000, "is nested too deeply"),
        ("a: " + "{a: " * 20 + "1" + "}" * 20 + "\n", "is nested too deeply"),
        ("a: 1 # " + "x" * 300_000, "is larger than 256 KiB"),
        ("%YAML 9\n---\na: 1\n", "line 1"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    """The message says what it is and where, and the fix is there too."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert problem in str(caught.value)
    assert "Fix: " in str(caught.value)


@pytest.mark.parametrize(("name", "problem"), [("missing.yaml", "no such file"), (".", "is a folder"), ("a\0", "path")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    """Nothing but a readable file is accepted."""
    with pytest.raises(ConfigError, match=problem):
        read_yaml(tmp_path / name)


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    """The system's own reason is told."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        read_yaml(tmp_path / "file" / "a.yaml")


def test_a_private_file_is_known_as_one(tmp_path: Path) -> None:
    """Mode 0600 is private, 0640 is not."""
    path = tmp_path / "a.yaml"
    path.write_text("")

    path.chmod(0o600)
    private = read_yaml(path).is_private
    path.chmod(0o640)

    assert (private, read_yaml(path).is_private) == (True, False)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    """Editors of another system may write one."""
    assert read(tmp_path, b"\xef\xbb\xbfcash: 5\n") == {"cash": 5}


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(alphabet="ab:-[]{}&*!|>'\"%@,# \n\t01.~", max_size=40)))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes | str) -> None:
    """No content makes anything but a mapping or a ConfigError."""
    try:
        values = read(tmp_path_factory.getbasetemp(), data)
    except ConfigError:
        return
    assert isinstance(values, dict)
