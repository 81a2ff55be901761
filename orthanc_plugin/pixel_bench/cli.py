"""`aoa bench pixels`."""

from collections.abc import Iterator
from itertools import chain

import click

from orthanc_plugin.pixel_bench.score import Redact


@click.group()
def bench() -> None:
    """Benchmarks, each with its peer or limit in the same run, as ratios."""


@bench.command("pixels")
@click.option("--pictures", type=click.IntRange(1, 20000), default=140, show_default=True, help="Drawn pictures.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draw.")
@click.option("--only", multiple=True, help="Only what has this name; may be given again.")
@click.option(
    "--speeds/--no-speeds",
    default=True,
    show_default=True,
    help="Frames and volumes a second, and how long people wait.",
)
def bench_pixels(pictures: int, seed: int, only: tuple[str, ...], *, speeds: bool) -> None:
    """Writing hidden or held in drawn pictures, beside tesseract and rapidocr's detector.

    A quarter of the pictures is clean. What is not installed is not measured.
    """
    from orthanc_plugin.pixel_bench import corpus, measure  # noqa: PLC0415  drawing is loaded where it is asked for

    for name, redact in _measured():
        if not only or name in only:
            for line in measure(name, redact, corpus(seed, pictures)).lines():
                click.echo(line)
    if speeds:
        from orthanc_plugin.pixel_bench import speed, waiting  # noqa: PLC0415  as above

        for line in chain(speed.speeds(), waiting.waits()):
            click.echo(line)


def _measured() -> Iterator[tuple[str, Redact]]:
    """Yield what is measured, by name: each from a DICOM file to the one that would leave, or None where it is held."""
    from orthanc_plugin.pixel_bench.ours import redacted  # noqa: PLC0415  as above
    from orthanc_plugin.pixel_bench.peers import installed  # noqa: PLC0415  as above
    from orthanc_plugin.pixel_bench.plain import redactor  # noqa: PLC0415  as above

    yield "anonymise-or-ask", redacted
    for name, find in installed().items():
        yield name, redactor(find)


commands: list[click.Command] = [bench]
