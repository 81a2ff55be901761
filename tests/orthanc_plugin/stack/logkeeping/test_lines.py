"""No identifier reaches a log, whichever program wrote the line and however it is cut into pieces."""

import ast
import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orthanc_plugin.gate
from orthanc_plugin.engine.logs import ALLOWED
from orthanc_plugin.stack.logkeeping import lines
from orthanc_plugin.stack.logkeeping.lines import Lines, safe
from tests.support.stack import CANARY

HEAD = "E1130 08:06:14.683747 OrthancException.cpp:58] "
NEW_HEAD = "E1130 08:06:14.683747          HTTP-12 OrthancException.cpp:58] "
PATIENT = f"9990001235 {CANARY} Aoibheann/RAD2406120017 CT Thorax/CT000002.dcm"


@pytest.mark.parametrize("head", [HEAD, NEW_HEAD])
def test_of_a_message_of_orthanc_time_level_place_and_the_known_beginning_stay(head: str) -> None:
    said = f"{head}Cannot write to file: Cannot add new file inside ZIP archive: {PATIENT}"
    assert safe(said) == f"{head}Cannot write to file: Cannot add new file inside ZIP archive: [...]"


@pytest.mark.parametrize(
    "message",
    [
        "Orthanc version: 1.12.4",
        "HTTP server listening on port: 8042 (HTTPS encryption is disabled, remote access is not allowed)",
        "Error with the database engine: SQLite: Cannot run a cached statement",
        "the journal of direct-care reads waits: EngineUnavailableError; it is kept and tried again",
    ],
)
def test_a_message_that_is_known_stays_whole(message: str) -> None:
    assert safe(HEAD + message) == HEAD + message


@pytest.mark.parametrize(
    "line",
    [
        HEAD + f"{CANARY}: Cannot write to file",
        HEAD + f"Unknown patient {CANARY}",
        HEAD + f"Cannot write to file {CANARY}",
        HEAD + f"DICOM server listening with AET {CANARY} on port: 1",
        HEAD + f"Orthanc version: 9990001235 {CANARY}",
        f"W: DcmItem: Length of element (0010,0010) is odd: {CANARY}",
        f"ValueError: invalid literal for int() with base 10: '{CANARY}'",
        f"pydicom.errors.InvalidDicomError: {CANARY}",
        f"  - {CANARY}",
        f"    name = '{CANARY}'",
        f'  File "/x.py", line 3, in f {CANARY}',
        json.dumps({"event": "ready", "patient": CANARY}),
        json.dumps({"event": {"name": CANARY}}),
        '{"event": "' + CANARY,
        CANARY,
    ],
)
def test_a_name_is_never_kept(line: str) -> None:
    assert CANARY not in (safe(line) or "")
    assert CANARY not in "\n".join(Lines().of(f"{line}\n"))


@given(
    st.text(string.printable, max_size=60),
    st.sampled_from(["", HEAD, NEW_HEAD, "  - ", "ValueError: ", "Cannot write to file: "]),
)
def test_whatever_is_said_around_a_name_it_is_never_kept(around: str, head: str) -> None:
    assert CANARY not in "\n".join(Lines().of(f"{head}{around}{CANARY}{around}\n"))


@given(st.lists(st.integers(1, 40), max_size=20))
def test_lines_are_the_same_however_they_arrive(cuts: list[int]) -> None:
    said = (
        f"{HEAD}Cannot write to file: {PATIENT}\nTraceback (most recent call last):\n"
        + json.dumps({"event": "ready"})
        + "\n"
    )
    whole, pieces, at = Lines().of(said), [], 0
    for cut in [*cuts, len(said)]:
        pieces.append(said[at : at + cut])
        at += cut
    reader = Lines()
    assert [line for piece in pieces for line in reader.of(piece)] == whole


def test_a_line_without_end_is_not_gathered_for_ever() -> None:
    reader = Lines()
    for _ in range(100):
        reader.of("x" * 10_000)
    assert len(reader._rest) <= lines._LONGEST


def test_what_is_left_out_is_counted() -> None:
    kept = Lines().of(f"{CANARY}\n{CANARY}\n" + json.dumps({"event": "ready"}) + "\n")
    assert json.loads(kept[0]) == {"event": "ready"}
    assert kept[1].endswith("left out here: 2")


def test_why_a_part_cannot_start_stays() -> None:
    said = ["The engine cannot start:", "[engine] package_hours: Input should be greater than 0"]
    assert Lines().of("\n".join(said) + "\n") == said
    said = ["The settings have faults:", "  - [portal] port: Input should be less than 65536", "  - AOA_SETTINGS: no"]
    assert Lines().of("\n".join(said) + "\n") == said


def test_of_an_exception_its_kind_and_where_it_came_from_stay() -> None:
    said = ["Traceback (most recent call last):", '  File "/opt/a/b.py", line 12, in <module>', "ValueError: [...]"]
    assert Lines().of("\n".join([*said[:2], f"    x = {CANARY}", f"ValueError: {CANARY}"]) + "\n")[:3] == said


def test_every_key_that_the_engine_may_log_may_be_kept() -> None:
    assert ALLOWED <= lines._KEYS


def test_everything_that_the_gate_complains_of_is_kept_whole() -> None:
    """Each text that the gate's source hands to Orthanc's log, with a likely value in each of its places."""
    texts = [text for file in Path(orthanc_plugin.gate.__file__).parent.glob("*.py") for text in complaints(file)]
    assert len(texts) >= 6
    assert [text for text in texts if lines.known(text) != text] == []


def complaints(file: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "attr", "") in ("LogError", "LogWarning", "_complain")]
    return [likely(call.args[0]) for call in named]


def likely(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else value(part) for part in node.values)
    return str(ast.literal_eval(node))


def value(part: ast.expr) -> str:
    source = ast.unparse(part)
    return "No space left on device" if "strerror" in source else "ValueError" if "__name__" in source else "17"
