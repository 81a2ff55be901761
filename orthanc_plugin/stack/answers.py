"""Whether each part answers over HTTP."""

import ssl
from dataclasses import dataclass

import httpx

_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to read them takes 25 ms a question, and HTTP needs none
_SECONDS = 30  # on a busy machine a part needs many; one that is not there says so at once


@dataclass(frozen=True)
class Question:
    """A request that a part which is up answers with 200.

    Attributes
    ----------
    part
        Name of the program.
    url
        What is asked for.
    login
        User and password for basic authentication, where it is needed.
    """

    part: str
    url: str
    login: tuple[str, str] | None = None


def answers(question: Question) -> bool:
    """Ask once, and tell whether the answer is 200."""
    try:
        answer = httpx.get(question.url, auth=question.login, timeout=_SECONDS, trust_env=False, verify=_NO_AUTHORITIES)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK
