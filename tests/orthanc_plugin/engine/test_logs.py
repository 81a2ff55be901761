"""A log line holds what is on the list and nothing else."""

import json
import logging

import pytest

from orthanc_plugin.engine import logs


@pytest.fixture
def written(capsys):
    logs.configure()

    def lines():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line]

    yield lines
    logging.getLogger().handlers.clear()
    logging.getLogger("dbos").handlers.clear()


def test_a_key_that_is_not_on_the_list_is_dropped(written):
    logs.log().info("accepted", job="1", patient="ZZCANARY", study_uid="1.2")
    (line,) = written()
    assert (line["event"], line["job"]) == ("accepted", "1")
    assert "ZZCANARY" not in str(line)


@pytest.mark.parametrize("name", ["dbos", "waitress", "httpx", "sqlalchemy.engine"])
def test_what_a_library_logs_is_told_without_its_text(written, name):
    logging.getLogger(name).error("failed for ZZCANARY", exc_info=ValueError("ZZCANARY"))
    (line,) = written()
    assert (line["logger"], line["error"]) == (name, "ValueError")
    assert "ZZCANARY" not in str(line)
