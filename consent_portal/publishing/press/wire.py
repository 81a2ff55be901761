"""What goes over the pipe in both directions: a line of JSON, then as many bytes as it says."""

import json
from dataclasses import dataclass, field
from typing import Any, BinaryIO

SIZE = "bytes"


@dataclass(frozen=True)
class Message:
    """One message; `data` may hold names of people, so it does not show when the message is printed."""

    words: dict[str, Any]
    data: bytes = field(default=b"", repr=False)


def send(pipe: BinaryIO, message: Message) -> None:
    """Write one message."""
    pipe.write(json.dumps({**message.words, SIZE: len(message.data)}).encode() + b"\n")
    pipe.write(message.data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Message | None:
    """Return the next message, or None when the other side is gone."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    words: dict[str, Any] = json.loads(line)
    size = int(words.pop(SIZE))
    data = pipe.read(size) if size else b""
    return Message(words, data) if len(data) == size else None
