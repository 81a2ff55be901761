"""Run pytest and write down what became of each test.

Run: `python record.py [--again EARLIER] -- FILE [what pytest is given]`; with an earlier file, its failed tests only.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import pytest

FAILED, PASSED = "failed", "passed"
UNFINISHED = "pytest ended without a result"
LIMIT = 20
"""More failures than this are not the matter of a busy moment."""


@dataclass
class Record:
    """What happened in one run of pytest: the outcome of each test, and the faults that are no test's."""

    outcomes: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the record in `file`; where pytest did not live to write one, a record of that."""
        if not file.exists():
            return cls(faults=[UNFINISHED])
        return cls(**json.loads(file.read_text("utf-8")))

    def having(self, outcome: str) -> list[str]:
        """Return the tests with this outcome."""
        return [test for test, now in self.outcomes.items() if now == outcome]

    def why_final(self) -> str:
        """Return why another run of what failed would prove nothing; "" if it would."""
        if self.faults:
            return self.faults[0]
        many = len(self.having(FAILED))
        return f"{many} tests failed, more than {LIMIT}" if many > LIMIT else ""


class Recorder:
    """The plugin that keeps the record of a run. With xdist it sits beside the workers, not in them."""

    def __init__(self, file: Path, only: list[str]) -> None:
        self._file, self._only, self._record = file, only, Record()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the tests that failed in the place of the folders that were named."""
        if self._only:
            config.args[:] = self._only

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a failure in any phase of a test; else what its call came to."""
        if report.failed:
            self._record.outcomes[report.nodeid] = FAILED
        elif report.skipped or report.when == "call":
            self._record.outcomes.setdefault(report.nodeid, _outcome(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep that something could not be collected."""
        if report.failed:
            self._record.faults.append(f"{report.nodeid or 'a test'} cannot be collected")

    def pytest_internalerror(self) -> None:
        """Keep that pytest or a plugin failed."""
        self._record.faults.append("pytest itself failed")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """Keep that a worker of xdist crashed."""
        if error:
            self._record.faults.append("a worker crashed")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the record."""
        if session.shouldstop or session.shouldfail:
            self._record.faults.append("the run was stopped before its end")
        self._file.write_text(json.dumps(asdict(self._record)), "utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say, before pytest's own closing line, why this run fails whatever a second would give."""
        if why := self._record.why_final():
            terminalreporter.section("fails without a second run")
            terminalreporter.line(f"{why}.")


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    return report.outcome


def main() -> int:
    """Run pytest with the recorder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--again", type=Path)
    parser.add_argument("given", nargs="*")
    asked = parser.parse_args()
    only = Record.read(asked.again).having(FAILED) if asked.again else []
    return pytest.main(asked.given, plugins=[Recorder(asked.file, only)])


if __name__ == "__main__":
    sys.exit(main())
