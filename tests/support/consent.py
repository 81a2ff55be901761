"""Builds ledgers in memory and asks the policy about them, in words near those of the guidance."""

import itertools
from datetime import UTC, date, datetime, timedelta

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.projection import project
from consent_portal.ledger.scope import Item, Scope
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import AttestedFacts, RequestFacts, SubjectFacts
from consent_portal.policy.load import load_policy

STUDY = "1.2.826.0.1.3680043.8.498.1"
OTHER_STUDY = "1.2.826.0.1.3680043.8.498.2"
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
BORN = date(1970, 5, 17)
POLICY = load_policy()
FAVOURABLE = AttestedFacts("no", "no", "no", motivated_intruder_checked=True)
UNANSWERED = AttestedFacts()


def levels(text):
    return tuple(Level(name) for name in text.split(","))


def given(accepted="", declined="", **fields):
    """Return the payload of a recorded consent."""
    answers = {Level(one): LevelState.ACCEPTED for one in accepted.split(",") if one}
    answers |= {Level(one): LevelState.DECLINED for one in declined.split(",") if one}
    fields.setdefault("requesting_clinician", "Dr A. Example")
    fields.setdefault("discussed_on", date(2025, 3, 1))
    fields.setdefault("capacity", p.Capacity(answer=p.CapacityAnswer.YES))
    return p.Given(levels=answers, **fields)


class Story:
    """Events in the order they are told, an hour apart unless said otherwise."""

    def __init__(self, birth_date=BORN):
        self.events = []
        self.birth_date = birth_date
        self._numbers = itertools.count(1)

    def then(self, kind, payload, *, scope=None, at=None, about=None):
        seq = next(self._numbers)
        self.events.append(
            Event(
                type=kind,
                patient_key="patient",
                scope=scope or Scope.study(STUDY),
                payload=payload,
                effective_at=at or START + timedelta(hours=seq),
                recorded_by="recorder",
                supersedes=about,
                seq=seq,
                id=f"event-{seq}",
                recorded_at=START + timedelta(hours=seq),
            )
        )
        return self

    def given(self, accepted="", declined="", *, scope=None, at=None, **fields):
        return self.then(EventType.GIVEN, given(accepted, declined, **fields), scope=scope, at=at)

    def amended(self, accepted="", declined="", *, scope=None, at=None, about=None, **fields):
        return self.then(EventType.AMENDED, given(accepted, declined, **fields), scope=scope, at=at, about=about)

    def refused(self, *names, scope=None, at=None):
        wanted = tuple(Level(one) for one in names) or p.Refused().levels
        return self.then(EventType.REFUSED, p.Refused(levels=wanted), scope=scope, at=at)

    def withdrawn(self, *names, scope=None, at=None):
        wanted = tuple(Level(one) for one in names) or tuple(Level)
        return self.then(EventType.WITHDRAWN, p.Withdrawn(levels=wanted), scope=scope, at=at)

    def objected(self, *names, scope=None):
        wanted = tuple(Level(one) for one in names) or p.Objection().levels
        return self.then(EventType.OBJECTION, p.Objection(levels=wanted), scope=scope)

    def invalidated(self, event_id):
        return self.then(EventType.INVALIDATED, p.Invalidated(reason="wrong patient"), about=event_id)

    def status(self, at=None, item=None):
        """Return what stands."""
        end = at or START + timedelta(days=365)
        return project(self.events, item or Item(study_uids=frozenset({STUDY})), end, self.birth_date)

    def state(self, level, at=None, item=None):
        return str(self.status(at, item).state(Level(level)))


def subject(kind="internal-organs-or-structures", story=None, *, face=False, conflict=False, at=None):
    """Return one study as facts."""
    consent = (story or Story()).status(at)
    return SubjectFacts(POLICY.kinds.kinds[kind], face, consent, identity_conflict=conflict)


def request(purpose, *, role="clinician", facts=("inside", "reason"), attested=FAVOURABLE, taking_away=True, **more):
    """Return a request as facts."""
    return RequestFacts(
        purpose=purpose, role=role, taking_away=taking_away, attested=attested, facts=frozenset(facts), **more
    )


def ask_policy(purpose, *subjects, policy=POLICY, **more):
    """Decide."""
    return decide(subjects or (subject(),), request(purpose, **more), policy)


def answered(purpose, *subjects, **more):
    """Decide, and return ``permit D3``, ``ask`` or ``deny``."""
    decision = ask_policy(purpose, *subjects, **more)
    return " ".join(filter(None, (str(decision.outcome), decision.profile)))
