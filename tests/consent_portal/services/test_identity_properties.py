"""Sequences of what people say and find, with wrong, shared and several numbers: nobody's words open another's study.

The oracle knows whose each study is; the portal knows only numbers and details (hazards H1 and H12). Some forms are
filled in and sent only later, by whoever (portal.md L1): what is on them was said when they were filled in, so that no
form opens what its patient has refused meanwhile.
"""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.policy.load import load_policy
from consent_portal.registers import joining, studies
from consent_portal.services import acts, consent, identity, queries
from consent_portal.services.consent import Target
from consent_portal.services.identity import Finding
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

    def study(self, uid):
        return studies.by_uid(self.session, uid)

    def tell(self, uid, number, told=1):
        """Let the archive tell of the study under a number, rightly or not."""
        studies.register(self.session, a_subject(uid, patient=number, **STUDIES[uid][told]))
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
        keys = joining.joined(self.session, [self.study(uid).patient_key])
        return frozenset(study.study_uid for study in studies.of_patients(self.session, keys))

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

    def unmerge(self, uid, other):
        identity.unmerge(self.session, self.study(uid), self.study(other), "They are two people.", "me")

    def separate(self, uid):
        identity.separate(self.session, self.study(uid), FOUND, "me")

    def right_separations(self, uid):
        return {one.id for one in self.separations(uid)} if len(STUDIES[uid]) > 2 else set()

    def check(self):
        for uid in STUDIES:
            study = self.study(uid)
            if not study or not self.is_known(uid):  # two people of one number, name and birth date: ADR 0139
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


uids, numbers = st.sampled_from(sorted(STUDIES)), st.sampled_from(NUMBERS)
acts_of_people = st.one_of(
    st.tuples(st.just("tell"), uids, numbers),
    st.tuples(st.just("say"), uids, st.booleans(), st.booleans()),
    st.tuples(st.just("say"), uids, st.booleans(), st.booleans()),
    st.tuples(st.sampled_from(["merge", "unmerge"]), uids, uids),
    st.tuples(st.sampled_from(["confirm", "separate", "undo", "unnamed", "correct"]), uids),
)
told = st.sampled_from(("1.1", "1.2", "1.4"))
forms = st.one_of(
    st.tuples(st.just("fill_in"), told, st.sampled_from(sorted(MEANS)), st.booleans()),
    st.tuples(st.just("say"), told, st.booleans(), st.booleans()),
    st.tuples(st.just("send"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("send"), st.sampled_from(PEOPLE)),
)
"""Forms and words about the studies that are told of at the beginning, so that one meets the other."""


def do(world, act, *operands):
    """Do one thing that people do; what the rules refuse leaves everything as it was."""
    named = [uid for uid in operands if isinstance(uid, str) and uid in STUDIES]
    if act == "tell" or all(world.study(uid) for uid in named):
        getattr(world, act)(*operands)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts_of_people, min_size=4, max_size=14))
def test_no_sequence_opens_a_study_that_its_own_patient_refused_or_was_not_asked_about(database, sequence):
    with database.writing() as session:
        live(session, sequence)
        session.rollback()


OPENING = [("tell", "1.1", "X"), ("tell", "1.2", "X"), ("tell", "1.4", "Y"), ("say", "1.1", True, False)]
"""So that what follows has something to lose."""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(forms, forms, forms, acts_of_people), min_size=5, max_size=14))
def test_no_form_that_is_sent_late_opens_what_was_refused_meanwhile(database, sequence):
    with database.writing() as session:
        live(session, [*OPENING, *sequence])
        session.rollback()


def live(session, sequence):
    """Do one thing after the other; whatever is refused on the way, no study is open against its own patient."""
    world = World(session)
    for act in sequence:
        try:
            do(world, *act)
        except Refusal:
            continue
        finally:
            world.check()
    return world


SHARED = [("tell", "1.1", "X"), ("tell", "1.4", "X")]
TOLD = [
    [*SHARED, ("say", "1.4", True, True)],
    [("tell", "1.4", "X"), ("say", "1.4", True, True), ("tell", "1.1", "X"), ("tell", "1.2", "X")],
    [*SHARED, ("say", "1.1", True, False), ("tell", "1.1", "Y"), ("tell", "1.4", "Y")],
    [("tell", "1.1", "X"), ("tell", "1.2", "Y"), ("say", "1.2", True, False), ("merge", "1.1", "1.2"),
     ("say", "1.1", False, True), ("unmerge", "1.1", "1.2")],
    [("tell", "1.1", "X"), ("say", "1.1", True, True), ("tell", "1.6", "X")],
    [*SHARED, ("separate", "1.4"), ("say", "1.4", True, True), ("undo", "1.4")],
    [*SHARED, ("unnamed", "1.4"), ("separate", "1.4")],
    [*SHARED, ("unnamed", "1.4"), ("tell", "1.4", "Y")],
    [("tell", "1.1", "X"), ("unnamed", "1.1"), ("tell", "1.6", "X")],
    [("tell", "1.1", "X"), ("say", "1.1", True, True), ("tell", "1.4", "X"), ("tell", "1.3", "X"), ("confirm", "1.3")],
    [("tell", "1.4", "X"), ("tell", "1.7", "X"), ("say", "1.7", True, False), ("correct", "1.7"), ("confirm", "1.7")],
    [("tell", "1.1", "X"), ("tell", "1.2", "Y"), ("tell", "1.7", "X"), ("merge", "1.1", "1.2"),
     ("say", "1.1", True, True), ("separate", "1.7"), ("tell", "1.7", "Y")],
]  # fmt: skip


@pytest.mark.parametrize("sequence", TOLD)
def test_what_went_wrong_once_stays_right(database, sequence):
    with database.writing() as session:
        live(session, sequence)


@pytest.mark.parametrize("no", [("say", "1.1", False, False), ("say", "1.2", False, True)])
@pytest.mark.parametrize("means", ["record", "amend"])
def test_a_yes_from_before_a_no_is_refused_and_one_from_after_it_opens(database, means, no):
    again, send = ("fill_in", "1.1", means, False), ("send", PEOPLE[0])
    with database.writing() as session:
        late = live(session, [*OPENING, again, no, send])
        assert queries.status(session, late.study("1.1")).state(Level.TEACHING) is not LevelState.ACCEPTED
        after = live(session, [again, send])
        assert queries.status(session, after.study("1.1")).state(Level.TEACHING) is LevelState.ACCEPTED
