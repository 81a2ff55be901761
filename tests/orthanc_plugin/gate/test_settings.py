"""The gate's settings: from the file and the environment, with every fault told at once."""

import pytest

from orthanc_plugin.gate.pages.outcome import Contacts, refusal_page
from orthanc_plugin.gate.settings import SettingsError, load_settings

GOOD = """
[gate]
engine_url = "http://127.0.0.1:8101/"
engine_token_file = "secrets/engine-token"
journal_dir = "gate/journal"
[gate.roles]
ann = "clinician"
aoa-engine = "engine"
[gate.destinations]
pacs = "direct-care"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "engine-token").write_text("0123456789abcdef\n")
    (tmp_path / "aoa.toml").write_text(GOOD)
    return tmp_path


def load(home, **environment):
    return load_settings({"AOA_SETTINGS": str(home / "aoa.toml"), **environment})


def test_paths_are_relative_to_the_file_and_the_token_prints_redacted(home):
    settings = load(home)
    assert settings.journal_dir == home / "gate" / "journal"
    assert settings.engine_url == "http://127.0.0.1:8101"
    assert settings.engine_token.reveal() == "0123456789abcdef"
    assert "0123456789abcdef" not in repr(settings)


def test_the_environment_wins_over_the_file_also_for_tables(home):
    settings = load(home, AOA_GATE_ENGINE_URL="http://engine:9", AOA_GATE_ROLES="bob=trainer, aoa-portal=portal")
    assert settings.engine_url == "http://engine:9"
    assert settings.roles == {"bob": "trainer", "aoa-portal": "portal"}


def test_the_environment_alone_is_enough(home):
    token = str(home / "secrets" / "engine-token")
    names = {"ENGINE_URL": "http://e", "ENGINE_TOKEN_FILE": token, "JOURNAL_DIR": str(home), "ROLES": "ann=clinician"}
    assert load_settings({f"AOA_GATE_{name}": value for name, value in names.items()}).destinations == {}


def test_trusted_proxies_are_addresses_and_networks_and_never_everybody(home):
    named = load(home, AOA_GATE_TRUSTED_PROXIES="10.1.2.3, 10.9.0.0/24").trusted_proxies
    assert [str(network) for network in named] == ["10.1.2.3/32", "10.9.0.0/24"]
    for wrong in ("proxy.example", "0.0.0.0/0", "10.1.2.3/24"):
        with pytest.raises(SettingsError, match="trusted_proxies is no list of addresses or networks"):
            load(home, AOA_GATE_TRUSTED_PROXIES=wrong)


def test_every_fault_is_told_at_once(home):
    (home / "aoa.toml").write_text(
        '[gate]\nengine_url = "nowhere"\nengine_token_file = "missing"\nextra = 1\nsite_script = "none.py"\n'
        '[gate.roles]\nann = "surgeon"\n[gate.destinations]\npacs = "anything"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(home)
    told = str(caught.value)
    for fault in ("extra", "engine_url", "missing", "journal_dir", "none.py", "'surgeon'", "'anything'"):
        assert fault in told
    assert len(caught.value.faults) == 7


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gate", "is not TOML"),
        ("gate = 1", "is not a section"),
        ("", "roles is missing"),
        (GOOD.replace('ann = "clinician"', "ann = 1"), "ann = '1' is not one of"),
    ],
)
def test_a_file_that_is_none_says_so(home, text, says):
    (home / "aoa.toml").write_text(text)
    with pytest.raises(SettingsError, match=says):
        load(home)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot read aoa\.toml"):
        load(tmp_path)


def test_a_token_that_is_too_short_to_be_one_is_a_fault(home):
    (home / "secrets" / "engine-token").write_text("short")
    with pytest.raises(SettingsError, match="holds no token"):
        load(home)


ACCOUNTS = """
accounts_url = "http://127.0.0.1:8080/"
accounts_token_file = "secrets/accounts-token"
accounts_key_file = "secrets/gate-key"
accounts_store = "gate/accounts.sealed"
[gate.roles]"""


def test_where_the_accounts_are_is_read_and_neither_token_nor_key_is_printed(home):
    for name in ("accounts-token", "gate-key"):
        (home / "secrets" / name).write_text(f"{name} 0123456789abcdef\n")
    (home / "aoa.toml").write_text(GOOD.replace("[gate.roles]", ACCOUNTS))
    accounts = load(home).accounts
    assert (accounts.url, accounts.file) == ("http://127.0.0.1:8080", home / "gate" / "accounts.sealed")
    assert accounts.key.reveal() == "gate-key 0123456789abcdef"
    assert "0123456789abcdef" not in repr(load(home))


def test_an_address_of_accounts_alone_is_not_enough_and_without_one_orthancs_list_counts(home):
    assert load(home).accounts is None
    (home / "aoa.toml").write_text(GOOD.replace("[gate.roles]", 'accounts_url = "http://127.0.0.1:8080"\n[gate.roles]'))
    with pytest.raises(SettingsError) as caught:
        load(home)
    assert len(caught.value.faults) == 3


def test_a_refusal_names_whom_the_site_names_and_the_environment_wins(home):
    file = home / "aoa.toml"
    file.write_text(f'[site]\ncaldicott_guardian_contact = "Dr G, ext. 1"\n{file.read_text()}')
    settings = load(home, AOA_SITE_MEDICAL_ILLUSTRATION_CONTACT="Studio, ext. 2")
    contacts = Contacts(settings.guardian, settings.illustration, "http://portal.example")
    page = refusal_page(403, {"outcome": "deny", "reasons": []}, None, contacts).body.decode()
    assert "talk to Dr G, ext. 1, or to Studio, ext. 2." in page
    assert 'href="http://portal.example"' in page


def test_a_site_that_names_nobody_is_no_fault(home):
    assert load(home).guardian == "your Caldicott Guardian"


def test_what_the_environment_sets_and_the_gate_does_not_have_is_a_fault(home):
    with pytest.raises(SettingsError, match="journal is not a setting"):
        load(home, AOA_GATE_JOURNAL="x")
