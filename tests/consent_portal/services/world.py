"""What people say and find, and the archive tells, played on a real portal beside what really happened.

The oracle knows whose each study is; the portal knows only numbers and details (hazards H1 and H12). Some forms are
filled in and sent only later, by whoever (portal.md L1): what is on them was said when they were filled in, so that no
form opens what its patient has refused meanwhile.
"""

from dataclasses import dataclass

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.policy.load import load_policy
from consent_portal.registers import joining, studies
from consent_portal.services import acts, consent, identity, queries
from consent_portal.services.identity import Finding
from consent_portal.services.target import Target
from consent_portal.services.telling import tell
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.consent import given as consented

ANNA = {"name": "QUIRKLEBY^ANNA", "birth": "19600214"}
BELLA = {"name": "QUIRKLEBY^BELLA", "birth": "19900930"}
STUDIES = {
    "1.1": (ANNA, ANNA),
    "1.2": (ANNA, {**ANNA, "name": "Quirkleby^Ánna^Mary"}),
    "1.3": (ANNA, {**ANNA, "birth": "19600215"}),
    "1.4": (BELLA, BELLA),
    "1.5": (BELLA, {**BELLA, "birth": ""}),
    "1.6": (BELLA, {"name": "", "birth": ""}),
    "1.7": (BELLA, ANNA, {**BELLA, "birth": "19910930"}),
}
"""Each study with whose it is, and what the archive tells: a spelling, a slip, details left out, another's details.

The last is told rightly only once it is told again, and then with a slip.
"""
NUMBERS = ("X", "Y")
FOUND = Finding("They were compared.", ("name", "address"))
PEOPLE, POLICY = ("illustrator", "api:clinic", "cli:guardian"), load_policy()
MEANS = {
    "record": (acts.record, consented("record,teaching"), True),
    "amend": (acts.amend, consented("teaching"), True),
    "refuse": (acts.refuse, p.Refused(levels=(Level.TEACHING,)), False),
    "object": (acts.object_to, p.Objection(levels=(Level.TEACHING,)), False),
}
"""What a form can do, and whether it says yes."""


@dataclass(frozen=True)
class Said:
    by: str
    yes: bool
    wide: bool
    study: str
    reached: frozenset
    """Studies that stood under the same or a joined number when it was said."""


@dataclass(frozen=True)
class Form:
    """A form that was filled in and not sent yet."""

    subject: acts.Subject
    means: str
    by: str
    after: int
    """How much had been said when it was filled in."""


class World:
    """A portal with a ledger, and what really happened."""

    def __init__(self, session):
        self.session, self.said, self.told, self.forms = session, [], {}, []
        self.joined = set()
        """Pairs of patients whose numbers somebody joined: kept here, so that no rule of the portal hides itself."""

    def study(self, uid):
        return studies.by_uid(self.session, uid)

    def tell(self, uid, number, told=1):
        """Let the archive tell of the study under a number, rightly or not."""
        tell(self.session, a_subject(uid, patient=number, **STUDIES[uid][told]))
        self.told[uid] = told

    def correct(self, uid):
        """Let the archive tell the study's details as it tells them later."""
        study = self.study(uid)
        self.tell(uid, study.patient.id, len(STUDIES[uid]) - 1)

    def say(self, uid, yes, wide):
        """Let the person whose study it seems to be say yes or no while it is open."""
        study = self.study(uid)
        scope = Scope.patient() if wide else Scope.study(uid)
        target = Target.from_study(study, scope)
        reached = self.together(uid)
        if yes:
            consent.record(self.session, target, consented("record,teaching", discussed_on=local_day(utc_now())), "me")
        else:
            consent.withdraw(self.session, target, p.Withdrawn(), "me")
        self.said.append(Said(self.speaker(uid), yes, wide, uid, reached))

    def fill_in(self, uid, means, wide):
        """Let somebody fill in a form from the record as it stands, and not send it yet."""
        study = self.study(uid)
        scope = Scope.patient() if wide else Scope.study(uid)
        subject = acts.Subject(study, scope, acts.head(self.session, study))
        self.forms.append(Form(subject, means, self.speaker(uid), len(self.said)))

    def send(self, user):
        """Let somebody send the oldest form that was filled in; it stays to be sent again, as Back does."""
        if not self.forms:
            return
        form = self.forms.pop(0)
        self.forms.append(form)
        act, payload, yes = MEANS[form.means]
        if yes:
            payload = payload.model_copy(update={"discussed_on": local_day(utc_now())})
        uid, wide = form.subject.study.study_uid, form.subject.scope.is_wide
        reached = self.together(uid)
        act(self.session, form.subject, payload, acts.Actor(user, POLICY))
        said = Said(form.by, yes, wide, uid, reached)
        self.said.insert(self.place(form) if yes else len(self.said), said)

    def place(self, form):
        """Return when what is on a form was said: before any no that stood on the same record when it was sent."""
        uid = form.subject.study.study_uid
        later = range(form.after, len(self.said))
        return min((n for n in later if self.is_no_to(self.said[n], form.by, uid)), default=len(self.said))

    def is_no_to(self, said, by, uid):
        return not said.yes and said.by == by and self.reaches(said, uid)

    def reaches(self, said, uid):
        return said.study == uid or (said.wide and uid in said.reached | self.together(said.study))

    def unnamed(self, uid):
        """Let them say yes to everything, as it was written before events named the study they were recorded from."""
        words = consented("record,teaching")
        draft = Draft(EventType.GIVEN, self.study(uid).patient_key, Scope.patient(), words, utc_now(), "me")
        store.append(self.session, draft)
        self.said.append(Said(self.speaker(uid), yes=True, wide=True, study=uid, reached=self.together(uid)))

    def speaker(self, uid):
        """Return who is asked: the person of the label, until somebody has found that it is another's study."""
        return whose(uid) if self.is_known(uid) else "Anna"

    def is_known(self, uid):
        """Whether the label tells the right person, or somebody has found that it does not."""
        return len(STUDIES[uid]) == 2 or self.told[uid] > 1 or bool(self.separations(uid))

    def separations(self, uid):
        found = joining.findings(self.session, joining.joined(self.session, [self.study(uid).patient_key]))
        return [one for one in found if one.type is EventType.STUDY_SEPARATED and one.scope.study_uid == uid]

    def together(self, uid):
        """Return the studies that stand under the same number, or under one that somebody joined to it."""
        keys, wider = set(), {self.study(uid).patient_key}
        while keys != wider:
            keys, wider = wider, wider.union(*(pair for pair in self.joined if pair & wider))
        return frozenset(other for other in self.told if self.study(other).patient_key in keys)

    def pair(self, uid, other):
        return frozenset({self.study(uid).patient_key, self.study(other).patient_key})

    def confirm(self, uid):
        """Find the details to be a slip, as only somebody does who has the right person before them."""
        study = self.study(uid)
        right = (one for one in identity.opposed(self.session, study) if self.who(one) == whose(uid))
        for record in list(right)[:1] if self.is_labelled(uid) else ():
            identity.confirm(self.session, study, record.version.study_uid, FOUND, "me")

    def is_labelled(self, uid):
        return whose(uid) == person_of(STUDIES[uid][self.told[uid]])

    def who(self, record):
        return whose(record.version.study_uid) or person_of({"name": record.details.name})

    def undo(self, uid):
        """Undo what was found of the study, but never a separation that was right."""
        study = self.study(uid)
        found = joining.findings(self.session, joining.joined(self.session, [study.patient_key]))
        wrong = [one for one in found if one.scope.study_uid == uid and one.id not in self.right_separations(uid)]
        for event in wrong[:1]:
            identity.undo(self.session, study, event.id, "It was wrong.", "me")

    def merge(self, uid, other):
        identity.merge(self.session, self.study(uid), self.study(other), FOUND, "me")
        self.joined.add(self.pair(uid, other))

    def unmerge(self, uid, other):
        identity.unmerge(self.session, self.study(uid), self.study(other), "They are two people.", "me")
        self.joined.discard(self.pair(uid, other))

    def separate(self, uid):
        identity.separate(self.session, self.study(uid), FOUND, "me")

    def right_separations(self, uid):
        return {one.id for one in self.separations(uid)} if len(STUDIES[uid]) > 2 else set()

    def check(self):
        """Refuse a world in which a study is open for teaching against what its own patient said."""
        for uid in self.told:
            study = self.study(uid)
            if not self.is_known(uid):  # two people of one number, name and birth date: ADR 0139
                continue
            if queries.status(self.session, study).state(Level.TEACHING) is LevelState.ACCEPTED:
                assert self.was_agreed(uid), f"{uid} is open against what its own patient said: {self.said}"

    def was_agreed(self, uid):
        """Whether the person whose study it is said yes to it, and no "no" of theirs that reaches it came after."""
        agreed = False
        for said in self.said:
            if said.by != whose(uid):
                continue
            if said.yes and (said.wide or said.study == uid):
                agreed = True
            if not said.yes and self.reaches(said, uid):
                agreed = False
        return agreed


def whose(uid):
    return person_of(STUDIES[uid][0]) if uid in STUDIES else ""


def person_of(details):
    """Return who is meant: nothing is told of nobody but Bella."""
    return "Anna" if "nna" in details["name"].casefold().replace("á", "a") else "Bella"
