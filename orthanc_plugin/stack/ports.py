"""The ports of an installation: which, and whether they are free."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from orthanc_plugin.stack.errors import StackError

LOOPBACK = "127.0.0.1"
_OPTIONS = {"orthanc": "--orthanc-port", "dicom": "--dicom-port", "portal": "--portal-port"}
_VARIABLES = {
    "orthanc": "AOA_STACK_ORTHANC_PORT",
    "dicom": "AOA_STACK_DICOM_PORT",
    "portal": "AOA_PORTAL_PORT",
    "engine": "AOA_ENGINE_PORT",
}
_HIGHEST = 65535
_NAMES = {"orthanc": "Orthanc's HTTP", "dicom": "Orthanc's DICOM", "portal": "the portal", "engine": "the engine"}


@dataclass(frozen=True)
class Ports:
    """TCP ports on the loopback address."""

    orthanc: int = 8042
    dicom: int = 4242
    portal: int = 8080
    engine: int = 8043


def of_environment(environ: Mapping[str, str]) -> dict[str, int]:
    """Return the ports that the environment names, by part; the settings' check names those that are none."""
    given = {part: environ.get(name, "") for part, name in _VARIABLES.items()}
    return {part: int(text) for part, text in given.items() if text.isdecimal() and 1 <= int(text) <= _HIGHEST}


def check_agreement(wished: Mapping[str, int], environment: Mapping[str, int]) -> None:
    """See to it that a port is not asked for in two ways: the part would listen at one and be looked for at the other.

    Raises
    ------
    StackError
        Naming every port of which option and environment say different things.
    """
    faults = [
        f"{_OPTIONS[part]} {port} and {_VARIABLES[part]}={environment[part]} disagree. Leave one of them out."
        for part, port in wished.items()
        if environment.get(part, port) != port
    ]
    if faults:
        raise StackError("\n".join(["Nothing was started.", *faults]))


def free_port() -> int:
    """Return a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether nothing listens at `port`, on any address of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))  # only asks the kernel: nothing listens here
        except OSError:
            return False
    return True


def check(ports: Ports) -> None:
    """See to it that every port is free, before anything starts.

    Raises
    ------
    StackError
        Naming all ports that are in use at once, and what to do.
    """
    faults = [*_doubled(ports), *_in_use(ports)]
    if faults:
        raise StackError("\n".join([*faults, _advice()]))


def _doubled(ports: Ports) -> Iterator[str]:
    values = list(asdict(ports).values())
    for port in sorted({value for value in values if values.count(value) > 1}):
        names = " and ".join(_NAMES[part] for part, value in asdict(ports).items() if value == port)
        yield f"Port {port} is asked for twice, for {names}."


def _in_use(ports: Ports) -> Iterator[str]:
    for part, port in asdict(ports).items():
        if not is_free(port):
            option = f" ({_OPTIONS[part]})" if part in _OPTIONS else ""
            yield f"Port {port} for {_NAMES[part]}{option} is in use by another program."


def _advice() -> str:
    return ("Nothing was started. Stop that program, or choose other ports: `aoa up --orthanc-port N --dicom-port N "
            "--portal-port N`, or `make demo ORTHANC_PORT=N DICOM_PORT=N PORTAL_PORT=N`.")  # fmt: skip
