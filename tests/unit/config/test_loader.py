"""Tests of tradebus/config/loader.py."""

import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradebus import log
from tradebus.config.keys import all_keys, dotted
from tradebus.config.loader import Loaded, load
from tradebus.config.settings import LiveEngineConfig
from tradebus.errors import ConfigError

CANARY = "PKCANARY1234567890"


def written(folder: Path, text: str, name: str = "a.yaml", mode: int = 0o644) -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return path


def from_text(folder: Path, text: str) -> Loaded:
    """Load one file."""
    return load([written(folder, text)], {}, {})


def problems(
    files: list[Path], environ: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> list[str]:
    """Return what is wrong, a line each."""
    with pytest.raises(ConfigError) as caught:
        load(files, environ or {}, overrides or {})
    return str(caught.value).splitlines()


def test_without_layers_everything_is_default() -> None:
    """The defaults are a configuration, and every value says so."""
    loaded = load([], {}, {})

    assert loaded.config == LiveEngineConfig()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.origins["risk.allow_short"] == "default"


def test_each_layer_goes_over_the_one_before(tmp_path: Path) -> None:
    """Default, first file, second file, environment, flag: and each value knows which."""
    first = written(tmp_path, "cash: 1\ntimeframe: 1Hour\ntime_in_force: day\nmatching: {slippage_bps: 1}\n")
    second = written(tmp_path, "timeframe: 1Min\ntime_in_force: ioc\nmatching: {slippage_bps: 2}\n", "b.yaml")
    environ = {"TRADEBUS__TIME_IN_FORCE": "fok", "TRADEBUS__MATCHING__SLIPPAGE_BPS": "3"}

    loaded = load([first, second], environ, {"matching.slippage_bps": 4.0})

    assert loaded.config.cash == Decimal(1)
    assert loaded.config.timeframe == "1Min"
    assert loaded.config.time_in_force == "fok"
    assert loaded.config.matching.slippage_bps == 4.0
    assert loaded.origins["cash"] == f"file {first}"
    assert loaded.origins["timeframe"] == f"file {second}"
    assert loaded.origins["time_in_force"] == "env TRADEBUS__TIME_IN_FORCE"
    assert loaded.origins["matching.slippage_bps"] == "flag --slippage"
    assert loaded.origins["matching.fill_at"] == "default"


def test_mappings_merge_key_by_key(tmp_path: Path) -> None:
    """A later file changes what it names and nothing else; a list is replaced."""
    first = written(tmp_path, "risk: {max_position_size: 5, allow_short: true}\nsymbols: [AAPL, MSFT]\n")
    second = written(tmp_path, "risk: {max_position_size: 6}\nsymbols: [SPY]\n", "b.yaml")

    config = load([first, second], {}, {}).config

    assert (config.risk.max_position_size, config.risk.allow_short) == (6.0, True)
    assert config.symbols == ("SPY",)


def test_another_plugin_drops_the_parameters_of_the_one_before(tmp_path: Path) -> None:
    """The fixed sizer does not get the percent sizer's default; the same name keeps what is there."""
    fixed = written(tmp_path, "sizer: {params: {qty: 5}, name: fixed}\n")
    same = written(tmp_path, "sizer: {name: percent}\n", "b.yaml")

    assert load([fixed], {}, {}).config.sizer.params == {"qty": 5}
    assert load([same], {}, {}).config.sizer.params == {"pct": 0.1}
    assert load([fixed], {}, {"sizer.name": "percent"}).config.sizer.params == {}
    assert load([], {}, {"sizer.params.pct": "0.2"}).config.sizer.params == {"pct": 0.2}


def test_sections_without_keys_are_defaults(tmp_path: Path) -> None:
    """A section whose keys are all commented out is no mistake."""
    loaded = from_text(tmp_path, "risk:\nstrategy:\n  params:\ninstruments:\n  AAPL:\ndata: {}\n")

    assert loaded.config == LiveEngineConfig()


def test_every_problem_of_every_layer_is_reported_at_once(tmp_path: Path) -> None:
    """A line each, in the words of the one who set it, with what to do."""
    path = written(tmp_path, "cash: 0\nrisk:\n  max_orders_per_minute: -1\n  max_ordrs: 4\nstop_loss: 5\n")

    found = problems([path], {"RISK_ALLOW_SHORT": "maybe"}, {"matching.slippage_bps": "x", "sizer.params.a": [{}]})

    assert found == [
        (
            f"{path}:4: key=risk.max_ordrs: no such setting; did you mean risk.max_orders_per_minute."
            " Fix: correct the name"
        ),
        f"{path}:5: stop_loss=...: must be a mapping. Fix: write the keys of stop_loss below it, indented",
        f"{path}:3: risk.max_orders_per_minute=-1: must be > 0. Fix: give a whole number > 0 and <= 10,000, or none",
        "RISK_ALLOW_SHORT=maybe: must be true or false. Fix: write true or false",
        f"{path}:1: cash=0: must be > 0. Fix: give a number > 0 and <= 1,000,000,000,000",
        "--sizer-param a=...: must be text, a finite number, true, false or a list of these. Fix: correct it",
        "--slippage=x: must be a number. Fix: write it in digits, as 0.05 or 100",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("riks: {}", ":1: key=riks: no such setting; did you mean risk."),
        ("strategy: {nam: macd}", "did you mean strategy.name."),
        ("zzzzzz: 1", "no such setting. Fix: correct the name or remove it; `tradebus config schema` lists all"),
        (
            "instruments: {AAPL: {lott: 1}}",
            "key=instruments.AAPL.lott: no such setting; did you mean instruments.AAPL.lot.",
        ),
        ("instruments: {../x: {lot: 1}}", "instruments=../x: is not a symbol."),
        ("instruments: {AAPL: 5}", "instruments.AAPL=...: must be a mapping."),
        ("instruments: {AAPL: {lot: 0.5, fractional: false}}", "instruments.AAPL.lot=0.5: is a fraction, but"),
        ("strategy: {params: 5}", "strategy.params=...: must be a mapping."),
        ("strategy: macd", "strategy=...: must be a mapping."),
        ("symbols: [AAPL, true]", "symbols=['AAPL', True]: True is not text. Fix: put it in quotes: [\"TRUE\"]"),
        ("symbols: [AAPL, aapl]", "symbols=['AAPL', 'aapl']: has AAPL twice."),
        ("symbols: [AAPL, A/B/C]", "is not a symbol."),
        ("symbols: {a: 1}", "symbols=...: must be a list of symbols."),
        ("symbols: 5", "symbols=5: must be a list of symbols."),
        ("timeframe: 7Min", "timeframe=7Min: must be one of 1Min, 2Min,"),
        ("cash: true", "cash=True: must be a number."),
        ("cash: .nan", "cash=nan: must be a finite number."),
        ("cash: 1e400", "cash=inf: must be a finite number."),
        ("cash: 1e13", "must be <= 1,000,000,000,000."),
        ("enable_trading: 1", "enable_trading=1: must be true or false."),
        ("stop_loss: {position_stop_pct: 5}", "must be < 1. Fix: write 0.05 for 5 %"),
        ("stop_loss: {position_stop_pct: 500}", "must be < 1. Fix: give a number > 0 and < 1, or none"),
        ("risk: {max_orders_per_minute: 2.5}", "must be a whole number > 0 and <= 10,000, or none."),
        ("risk: {max_position_value: 400001}", "is more than 4 times the cash of 100000, so it limits nothing."),
        (
            "cash: 100\nrisk: {max_total_exposure: 401}",
            ":2: risk.max_total_exposure=401: is more than 4 times the cash",
        ),
        ("trading: {base_url: 'https://api.alpaca.markets'}", "is the live account, but paper_mode is true."),
        ("data: {timezone: Mars}", "data.timezone=Mars: is no time zone."),
        ("data: {path: ''}", "data.path=: must be text on one line."),
        ("a: *b", "uses an anchor or alias"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """File, key, value, what is wrong and what to do."""
    path = written(tmp_path, text + "\n")

    (line,) = problems([path])

    assert str(path) in line
    assert problem in line
    assert ". Fix: " in line


def test_a_default_that_contradicts_is_named_by_its_key(tmp_path: Path) -> None:
    """Live mode alone meets the paper address that nobody set."""
    (line,) = problems([written(tmp_path, "trading: {paper_mode: false}\n")])

    assert line.startswith("trading.base_url=https://paper-api.alpaca.markets: is not the live account")


def test_symbols_have_more_than_a_thousand_entries_never(tmp_path: Path) -> None:
    """A list without end is a mistake."""
    path = written(tmp_path, f"symbols: [{', '.join(f'A{number}' for number in range(1001))}]\n")

    assert "has more than 1000 entries" in problems([path])[0]


def test_systems_variables_are_read() -> None:
    """All of the seed's, with text for numbers and booleans."""
    environ = {
        "ALPACA_API_KEY": "k",
        "ALPACA_API_SECRET": "s",
        "ALPACA_BASE_URL": "https://api.alpaca.markets",
        "TRADING_DRY_RUN": "yes",
        "TRADING_ENABLE": "false",
        "TRADING_PAPER_MODE": "0",
        "RISK_MAX_POSITION_SIZE": "100",
        "RISK_MAX_ORDERS_PER_MINUTE": "none",
        "STOPLOSS_TRAILING_STOP_PCT": "0.05",
        "TRADEBUS__SYMBOLS": "aapl, btc-usd",
        "TRADEBUS__STRATEGY__PARAMS__FAST": "8",
        "TRADEBUS__INSTRUMENTS__BRK.B__LOT": "0.5",
        "HOME": "/",
    }

    config = load([], environ, {}).config

    assert config.trading.require_keys()[1].get_secret_value() == "s"
    assert (config.trading.dry_run, config.trading.paper_mode, config.enable_trading) == (True, False, False)
    assert (config.risk.max_position_size, config.stop_loss.trailing_stop_pct) == (100.0, 0.05)
    assert config.symbols == ("AAPL", "BTC/USD")
    assert config.strategy.params == {"fast": 8}
    assert config.instruments["BRK.B"].lot == Decimal("0.5")


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"RISK_MAX_ORDRS_PER_MINUTE": "5"}, "no such variable; did you mean RISK_MAX_ORDERS_PER_MINUTE."),
        ({"TRADING_ENABL": "false"}, "did you mean TRADING_ENABLE."),
        ({"ALPACA_API_KY": CANARY}, "did you mean ALPACA_API_KEY."),
        ({"TRADEBUS__QQQQQQQQQQ": "1"}, "environment=TRADEBUS__QQQQQQQQQQ: no such variable."),
        ({"TRADEBUS__STRATEGY__PARAMS__": "1"}, "no such variable"),
        ({"TRADEBUS__FOO__PARAMS__X": "1"}, "no such setting"),
        ({"TRADEBUS__INSTRUMENTS__AAPL__LOTT": "1"}, "did you mean instruments.AAPL.lot"),
        ({"RISK_MAX_POSITION_SIZE": " "}, "RISK_MAX_POSITION_SIZE= : is empty. Fix: give a value, or unset it"),
        ({"RISK_ALLOW_SHORT": "true", "TRADEBUS__RISK__ALLOW_SHORT": "true"}, "sets what RISK_ALLOW_SHORT sets."),
        ({"RISK_MAX_POSITION_SIZE": "true"}, "RISK_MAX_POSITION_SIZE=true: must be a number."),
        ({"ALPACA_BASE_URL": f"https://u:{CANARY}@x.example?k={CANARY}"}, "ALPACA_BASE_URL=https://***@x.example?***"),
        ({"ALPACA_API_KEY": f"{CANARY} x"}, "ALPACA_API_KEY=***: is not a key"),
        ({"ALPACA_API_KEY": CANARY, "ALPACA_API_KEY_FILE": "/x"}, "sets what ALPACA_API_KEY sets."),
        ({"ALPACA_API_KEY_FILE": "/nowhere/x"}, "ALPACA_API_KEY_FILE=/nowhere/x: cannot be opened"),
    ],
)
def test_a_mistake_in_the_environment_is_named_by_its_variable(environ: dict[str, str], problem: str) -> None:
    """And a secret is never part of the message."""
    (line,) = problems([], environ)

    assert problem in line
    assert CANARY not in line


def test_variables_of_other_programs_are_left_alone() -> None:
    """The broker's name is a prefix that others use too; an empty key is no key."""
    loaded = load([], {"ALPACA_SOMETHING_ELSE": "x", "ALPACA_API_KEY": "", "TRADEBUS_DATA": "/x"}, {})

    assert loaded.config == LiveEngineConfig()


def test_a_secret_can_come_from_a_private_file(tmp_path: Path) -> None:
    """Its origin is the variable that named the file."""
    path = written(tmp_path, f"{CANARY}\n", "key", 0o600)

    loaded = load([], {"ALPACA_API_KEY_FILE": str(path)}, {})

    assert loaded.config.trading.api_key is not None
    assert loaded.config.trading.api_key.get_secret_value() == CANARY
    assert loaded.origins["trading.api_key"] == "env ALPACA_API_KEY_FILE"
    assert CANARY not in repr(loaded)


def test_a_secret_in_a_yaml_file_needs_a_private_file(tmp_path: Path) -> None:
    """Mode 0600 is accepted; what others can read is refused without showing it."""
    text = f"trading: {{api_key: {CANARY}}}\n"

    (line,) = problems([written(tmp_path, text)])
    loaded = load([written(tmp_path, text, "b.yaml", 0o600)], {}, {})

    assert "trading.api_key=***: is in a file that others can read" in line
    assert loaded.config.trading.api_key is not None


def test_the_log_conceals_the_secrets_of_a_configuration() -> None:
    """From the moment they are known."""
    stream = io.StringIO()
    log.configure(0, stream=stream)

    load([], {"ALPACA_API_KEY": CANARY, "ALPACA_API_SECRET": f"{CANARY}-2"}, {})
    log.get_logger("a").warning("request failed", headers={"key": CANARY, "secret": f"{CANARY}-2"})
    log.configure(0)

    assert CANARY not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_a_secret_is_refused_as_a_flag() -> None:
    """Other users see command lines."""
    (line,) = problems([], {}, {"trading.api_secret": CANARY})

    assert line.startswith("--set trading.api_secret=***: is a secret")


def test_a_section_that_holds_a_secret_by_mistake_is_not_shown(tmp_path: Path) -> None:
    """`trading: KEY` and an unknown key are named without their values."""
    found = problems([written(tmp_path, f"trading: {CANARY}\napikey: {CANARY}\n")])

    assert len(found) == 2
    assert CANARY not in "".join(found)


def test_flags_that_were_not_given_change_nothing() -> None:
    """None is no value; `none` is."""
    assert load([], {}, {"cash": None}).config == LiveEngineConfig()
    assert load([], {}, {"matching.max_volume_pct": "none"}).config.matching.max_volume_pct is None


def test_flags_take_text_and_values_and_say_which_they_are() -> None:
    """A symbol may have a dot of its own; a whole mapping is taken too."""
    overrides = {
        "cash": Decimal(5),
        "instruments.BRK.B.lot": "0.5",
        "strategy.params": {"fast": 8},
        "risk.allow_short": "true",
    }

    loaded = load([], {}, overrides)

    assert loaded.config.instruments["BRK.B"].lot == Decimal("0.5")
    assert loaded.config.strategy.params == {"fast": 8}
    assert loaded.config.risk.allow_short
    assert loaded.origins["cash"] == "flag --capital"
    assert loaded.origins["instruments.BRK.B.lot"] == "flag --set instruments.BRK.B.lot"
    assert loaded.origins["instruments.BRK.B.tick"] == "default"


@pytest.mark.parametrize("name", ["foo", "risk.foo", "cash.x", "strategy.foo.bar", ""])
def test_a_flag_without_a_key_is_refused(name: str) -> None:
    """`--set` names keys that exist."""
    (line,) = problems([], {}, {name: "1"})

    assert "no such setting" in line or "must be" in line


def test_one_file_twice_is_the_same_as_once(tmp_path: Path) -> None:
    """Layers only replace."""
    path = written(tmp_path, "strategy: {name: momentum, params: {lookback: 5}}\ncash: 7\n")

    assert load([path, path], {}, {}).config == load([path], {}, {}).config


def test_loading_changes_none_of_its_arguments(tmp_path: Path) -> None:
    """The environment and the flags are read only."""
    environ, overrides = {"RISK_ALLOW_SHORT": "true"}, {"cash": 5}

    load([written(tmp_path, "cash: 4\n")], environ, overrides)

    assert (environ, overrides) == ({"RISK_ALLOW_SHORT": "true"}, {"cash": 5})


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([dotted(key) for key, _ in all_keys()]), VALUES, max_size=4))
def test_any_values_are_taken_or_refused_with_a_fix(overrides: dict[str, object]) -> None:
    """Nothing but a configuration or a ConfigError comes out, and each line of it says what to do."""
    try:
        loaded = load([], {}, overrides)
    except ConfigError as error:
        lines = str(error).splitlines()
    else:
        lines = [f"{origin}. Fix: none" for origin in loaded.origins.values()]

    assert [line for line in lines if ". Fix: " not in line] == []
