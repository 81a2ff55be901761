"""How long a decision takes, recorded as it is when the engine asks."""

import gc
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consent_portal.bench.figures import Figure, percentile
from consent_portal.bench.people import WIDE, Recording
from consent_portal.checkpoints import Checkpoints
from consent_portal.contract import Attestations, DecisionRequest, Intent, Request, Sender
from consent_portal.database import Database
from consent_portal.policy.load import load_policy
from consent_portal.services import decisions
from consent_portal.services.context import Site

GOAL = 5.0
"""Milliseconds."""
WARM_UP = 50
_REQUEST = Request(
    sender=Sender(user="clinician-0", role="clinician"),
    recipient="self",
    purpose="teaching",
    format="dicom-zip",
    reason="Grand round in June",
    attestations=Attestations(
        identifiable="no", unusual_finding="no", damage_or_distress="no", motivated_intruder_checked=True
    ),
    context={},
)


@dataclass(frozen=True)
class Took:
    """Milliseconds of one decision: computed by its thread, and by the clock, which waits for the disk and others."""

    computed: float
    passed: float


def decided(database: Database, recordings: Iterable[Recording]) -> Iterator[Took]:
    """Decide on each study and record the answer, each in a transaction of its own."""
    site = Site(load_policy())
    for recording in recordings:
        asked = DecisionRequest(
            contract=1, intent=Intent.EXPORT, job=None, request=_REQUEST, subjects=(recording.subject(),)
        )
        computed, passed = time.thread_time(), time.perf_counter()
        with database.writing() as session:
            decisions.answer(session, asked, site)
        yield Took((time.thread_time() - computed) * 1000, (time.perf_counter() - passed) * 1000)


def figures(database: Database, where: str, consents: int, count: int) -> Iterator[Figure]:
    """Measure decisions on studies drawn at random, and on those of the patient who has most, as where it is served."""
    gc.collect()
    gc.freeze()
    checkpoints = Checkpoints(database)
    checkpoints.start()
    try:
        yield from _figures(database, where, consents, count)
    finally:
        checkpoints.stop()
        gc.unfreeze()


def _figures(database: Database, where: str, consents: int, count: int) -> Iterator[Figure]:
    draw = random.Random(156)  # noqa: S311  (no secret: the same studies each time)
    drawn = [Recording(draw.randrange(consents)) for _ in range(count + WARM_UP)]
    took = list(decided(database, drawn))[WARM_UP:]
    yield Figure(f"a decision on {where}, p99, computing", percentile([one.computed for one in took], 99), "ms", GOAL)
    yield Figure("  the same by the clock", percentile([one.passed for one in took], 99), "ms")
    wide = [Recording(draw.randrange(min(WIDE, consents))) for _ in range(count // 10)]
    took = list(decided(database, wide))
    name = f"  of a patient with {min(WIDE, consents)} studies, p99, computing"
    yield Figure(name, percentile([one.computed for one in took], 99), "ms", GOAL)
