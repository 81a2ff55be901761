"""Parts bring groups of the same name; what they become does not depend on which part is loaded first."""

import subprocess
import sys
from importlib.metadata import entry_points
from itertools import permutations

import click
import pytest
from click.testing import CliRunner

from orthanc_plugin.cli import BRINGS, _add
from orthanc_plugin.verify.bench import bench as benchmarks


def _part(name: str, code: int) -> click.Group:
    @click.group("bench")
    def group() -> None:
        """One of several groups of this name."""

    @group.command(name)
    def command() -> None:
        click.echo(f"{name} ran")
        if code:
            raise SystemExit(code)

    return group


def _all_of_them() -> click.Group:
    return click.Group("bench", callback=benchmarks.callback, invoke_without_command=True)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_bare_group_runs_every_benchmark_whatever_the_load_order(order):
    parts = [_part("deid", 0), _part("leaks", 1), _all_of_them()]
    root = click.Group()
    for number in order:
        _add(root, parts[number])

    run = CliRunner().invoke(root, ["bench"])

    assert run.output.splitlines()[:4] == ["== deid", "deid ran", "== leaks", "leaks ran"]
    assert "did not go well: leaks" in run.output
    assert run.exit_code == 1


def test_the_table_of_commands_says_what_each_part_brings():
    points = entry_points(group="aoa.commands")
    assert {part: set(names) for part, names in BRINGS.items()} == {
        entry.name: {command.name for command in entry.load()} for entry in points
    }


def test_a_command_of_the_portal_loads_no_other_part():
    code = (
        "import sys\nfrom orthanc_plugin.cli import build\n"
        "build().main(['consent', '--help'], standalone_mode=False)\n"
        "print([name for name in ('pydicom', 'dbos', 'orthanc_plugin.engine', 'notices.cli') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "withdraw" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
