"""`aoa bench notices` measures what it says it measures; how long it takes is no test."""

import pytest
from click.testing import CliRunner

from notices import bench, cli
from notices.language import languages


def test_the_letters_are_in_every_language_and_format_and_in_several_scripts() -> None:
    found = bench.letters(bench.LETTERS)
    assert len(found) == 1000
    assert {one.language for one in found} == {*languages()}
    assert {(one.large_print, one.easy_read) for one in found} == {(False, False), (True, False), (False, True)}
    assert not all(one.name.isascii() for one in found)
    assert len({one.name for one in found}) == len({one.row for one in found}) == 1000


def test_every_figure_is_measured_and_the_limits_are_those_that_were_asked_for(capsys: pytest.CaptureFixture) -> None:
    found = bench.measured(count=2, posters=1)
    assert all(one.value > 0 for one in found)
    assert {one.limit for one in found} == {30.0, 300.0, 0.3, None}
    bench.told(found)
    said = capsys.readouterr().out
    assert all(word in said for word in ("2 personalised inserts", "one poster", "ratio", "cores, load"))


@pytest.mark.parametrize(("value", "code"), [(0.2, 0), (0.4, 1)])
def test_a_limit_that_is_passed_fails_the_command(value: float, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = bench.Measured("one poster", value, "s", bench.POSTER_SECONDS)
    monkeypatch.setattr(bench, "measured", lambda: [one])
    result = CliRunner().invoke(cli.bench, ["notices"])
    assert result.exit_code == code
    assert f"ratio {value / 0.3:.2f}" in result.output
