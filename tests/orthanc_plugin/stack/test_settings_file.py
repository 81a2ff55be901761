"""The settings file is written once and stays the operator's."""

import tomllib
from pathlib import Path

import pytest

from orthanc_plugin.engine.settings import EngineSettings
from orthanc_plugin.gate import settings as gate_settings
from orthanc_plugin.stack import settings_file, vault
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.ports import Ports
from orthanc_plugin.stack.stack_settings import StackSettings

NEW = Ports(orthanc=10001, dicom=10002, portal=10003, engine=10004)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    settings_file.ensure(tmp_path / "aoa.toml")
    return tmp_path / "aoa.toml"


def read(path: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_a_file_that_is_there_is_not_written_again(path: Path) -> None:
    path.write_text("[stack]\northanc_port = 9000\n")
    assert settings_file.ensure(path) is False
    assert read(path) == {"stack": {"orthanc_port": 9000}}


def test_new_ports_reach_every_address_that_follows_from_them(path: Path) -> None:
    settings_file.set_ports(path, NEW)
    assert settings_file.read_ports(path) == NEW
    text = path.read_text()
    assert not [port for port in ("8042", "4242", "8080", "8043") if port in text]


def test_new_ports_leave_comments_and_the_operators_own_addresses_alone(path: Path) -> None:
    path.write_text(
        path.read_text().replace('public_url = "http://127.0.0.1:8080"', 'public_url = "https://consent.example"')
    )
    settings_file.set_ports(path, NEW)
    assert read(path)["portal"]["public_url"] == "https://consent.example"
    assert read(path)["portal"]["port"] == NEW.portal
    assert "# The durable jobs: SQLite for one machine" in path.read_text()


def test_ports_are_written_into_a_file_that_names_none(path: Path) -> None:
    path.write_text("")
    settings_file.set_ports(path, NEW)
    assert settings_file.read_ports(path) == NEW


def test_a_port_that_is_none_is_named_with_its_section(path: Path) -> None:
    path.write_text('[stack]\northanc_port = "many"\ndicom_port = 70000\n')
    with pytest.raises(StackError) as told:
        settings_file.read_ports(path)
    assert "[stack] orthanc_port: 'many'" in str(told.value)
    assert "[stack] dicom_port: 70000" in str(told.value)


def test_a_file_that_is_not_toml_is_named(path: Path) -> None:
    path.write_text("[stack\n")
    with pytest.raises(StackError, match=r"aoa\.toml cannot be read as TOML"):
        settings_file.read_ports(path)


def test_users_get_their_roles_at_the_gate_and_others_keep_theirs(path: Path) -> None:
    path.write_text(path.read_text().replace("[gate.roles]", '[gate.roles]\nproxy-user = "trainer"'))
    settings_file.set_roles(path, {"aoa-engine": {"password": "x", "role": "engine"}})
    assert read(path)["gate"]["roles"] == {"proxy-user": "trainer", "aoa-engine": "engine"}


def test_what_was_written_of_peoples_roles_once_is_taken_out(path: Path) -> None:
    path.write_text(path.read_text().replace("[gate.roles]", '[gate.roles]\nann = "clinician"\neve = "trainer"'))
    settings_file.set_roles(path, {"ann": {"password": "x", "role": "clinician"}})
    assert read(path)["gate"]["roles"] == {"eve": "trainer"}


def test_a_home_from_before_is_told_where_the_accounts_are_and_the_operators_own_words_stay(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("accounts_")]
    path.write_text("\n".join(lines).replace("port = 8080", "port = 9080"))
    settings_file.set_accounts(path)
    gate, portal = read(path)["gate"], read(path)["portal"]
    assert gate["accounts_url"] == "http://127.0.0.1:9080"
    assert gate["accounts_token_file"] == portal["accounts_token_file"] == "secrets/accounts-token"
    assert (gate["accounts_key_file"], gate["accounts_store"]) == ("secrets/gate-key", "gate/accounts.sealed")
    path.write_text(path.read_text().replace("http://127.0.0.1:9080", "http://portal.internal"))
    settings_file.set_accounts(path)
    assert read(path)["gate"]["accounts_url"] == "http://portal.internal"


def test_a_home_from_before_lets_the_engine_show_pictures_and_the_operators_own_words_stay(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("pictures_")]
    text = "\n".join(lines).replace('engine_url = "http://127.0.0.1:8043"\n# Shown by', "# Shown by")
    path.write_text(text.replace("port = 8043", "port = 9043"))
    assert "engine_url" not in read(path)["portal"]
    settings_file.set_pictures(path)
    engine, portal = read(path)["engine"], read(path)["portal"]
    assert engine["pictures_token_file"] == portal["pictures_token_file"] == "secrets/pictures-token"
    assert portal["engine_url"] == "http://127.0.0.1:9043"
    path.write_text(
        path.read_text().replace('engine_url = "http://127.0.0.1:9043"', 'engine_url = "http://engine.internal"')
    )
    settings_file.set_pictures(path)
    assert read(path)["portal"]["engine_url"] == "http://engine.internal"


def test_the_secret_for_pictures_is_made_once_and_is_no_other_parts(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    home.make_folders()
    vault.fill(home, demo=False)
    made = (home.secrets / "pictures-token").read_text()
    vault.fill(home, demo=False)
    assert (home.secrets / "pictures-token").read_text() == made
    assert made not in {(home.secrets / name).read_text() for name in vault.TOKENS if name != "pictures-token"}


def test_each_part_accepts_the_settings_that_a_new_home_begins_with(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    home.make_folders()
    settings_file.ensure(home.settings)
    settings_file.set_roles(home.settings, vault.fill(home, demo=True))
    assert gate_settings.load_settings({"AOA_SETTINGS": str(home.settings)}).roles["aoa-engine"] == "engine"
    assert EngineSettings(**read(home.settings)["engine"]).port == 8043
    assert StackSettings.load(home.settings).dicom_port == 4242


def test_every_fault_of_the_stacks_own_settings_is_told_at_once(path: Path) -> None:
    path.write_text('[stack]\ndicom_aet = "MUCH TOO LONG A NAME"\nunheard_of = 1\n')
    with pytest.raises(StackError) as told:
        StackSettings.load(path)
    assert "[stack] dicom_aet" in str(told.value)
    assert "[stack] unheard_of" in str(told.value)
