"""Under which names a job's files are sealed on its bench."""

PIXELS = "pixels"
"""``pixels-00000``: by chunk, ``[position, what was done to its pixels, whether it is read twice]`` of each object."""


def name_of(position: int) -> str:
    """Return under which name an object of a job is sealed."""
    return f"object-{position:06}"
