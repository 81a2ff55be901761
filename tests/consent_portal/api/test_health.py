"""Health and figures: open to every monitor, and without anything of a patient."""

import re
import sqlite3
import subprocess

import httpx

from tests.consent_portal.api.test_decisions import fresh
from tests.support.api import a_decision_request
from tests.support.patience import PATIENCE, until
from tests.support.portal import PortalHome, answers, stop
from tests.support.ports import free_port


def test_the_portal_says_that_it_lives_and_is_ready(home):
    assert httpx.get(f"{home.url}/health/live", timeout=PATIENCE).json() == {"status": "live"}
    ready = httpx.get(f"{home.url}/health/ready", timeout=PATIENCE)
    assert ready.status_code == 200
    assert ready.json() == {"parts": {"ledger": "ready"}}


def test_a_ledger_that_is_gone_means_not_ready_and_no_permit(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    process = subprocess.Popen(home.command("serve"), env=home.environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(f"{home.url}/health/ready"), "the portal to be ready")
        with sqlite3.connect(home.folder / "portal" / "portal.sqlite") as connection:
            connection.execute("DROP TABLE ledger_event")
        connection.close()
        answer = httpx.post(
            f"{home.url}/api/v1/decisions",
            json=a_decision_request(),
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 503
        assert "outcome" not in answer.json()
        assert httpx.get(f"{home.url}/health/live", timeout=PATIENCE).status_code == 200
    finally:
        stop(process)


def test_a_database_without_its_tables_is_not_served(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make()
    (home.folder / "portal").mkdir()
    run = subprocess.run(
        home.command(), env=home.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 1
    assert "migrate" in run.stderr


def test_a_port_in_use_is_named(home, tmp_path):
    other = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x"), port=home.port).make().prepare()
    run = subprocess.run(
        other.command(), env=other.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 1
    assert str(home.port) in run.stderr


def test_all_faults_of_the_settings_are_told_at_once(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x"), port=free_port()).make()
    broken = {
        **home.environment,
        "AOA_PORTAL_PORT": "0",
        "AOA_PORTAL_PUBLIC_URL": "nonsense",
        "AOA_PORTAL_SECRET_KEY_FILE": "gone",
    }
    run = subprocess.run(home.command(), env=broken, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert run.returncode == 1
    assert all(f"[portal] {name}" in run.stderr for name in ("port", "public_url", "secret_key_file"))


def test_figures_are_counts_and_nothing_else(home, engine):
    engine.decide("teaching", fresh())
    answer = httpx.get(f"{home.url}/metrics", timeout=PATIENCE)
    assert answer.headers["Content-Type"].startswith("text/plain")
    line = re.compile(r'^(# TYPE aoa_\w+ (counter|gauge)|aoa_\w+\{\w+="[\w -]+"\} \d+)$')
    assert all(line.match(one) for one in answer.text.strip().splitlines())
    assert 'aoa_decisions_total{outcome="permit"}' in answer.text


def test_no_identifier_reaches_the_log(home, engine):
    engine.decide("teaching", fresh())
    engine.http.post("/api/v1/decisions", content=b'{"QUIRKLEBY": 1}')
    log = (home.folder / "portal.log").read_text(encoding="utf-8")
    assert "QUIRKLEBY" not in log
    assert "2.25." not in log
    assert "Traceback" not in log
