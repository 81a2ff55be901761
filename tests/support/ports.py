"""Ports for tests' servers: outside the range that the kernel hands to outgoing connections, apart for each worker."""

import os
import random
import socket

_FIRST, _WIDTH, _WORKERS = 10_000, 2_500, 8
_given: set[int] = set()


def free_port() -> int:
    """Return a loopback port that is free and was not given before in this run.

    A port asked of the kernel may be taken by any program's next outgoing connection before the server binds it.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    numbers = range(_FIRST + worker * _WIDTH, _FIRST + (worker + 1) * _WIDTH)
    for port in random.sample(numbers, len(numbers)):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise RuntimeError(f"no free port from {numbers.start} to {numbers.stop - 1}; end what listens there")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
