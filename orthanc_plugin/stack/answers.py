"""Whether each part answers over HTTP."""

from dataclasses import dataclass

import httpx


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
        return httpx.get(question.url, auth=question.login, timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
