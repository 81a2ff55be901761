"""Consent as it was given, and amended: every field that the ledger keeps of it (R35, R37-R42, R51, R53)."""

from typing import Literal

from pydantic import Field
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.rules import authority
from consent_portal.ledger.rules.refusal import Refusal, RuleFault
from consent_portal.ledger.scope import Scope
from consent_portal.registers.studies import Study
from consent_portal.services import acts
from consent_portal.services.acts import Act, Actor, Subject
from consent_portal.services.statements.statement import Day, Identifier, Levels, Line, Name, Scoped, Sha256, Words
from consent_portal.services.writing import known


class Answers(Scoped):
    """The four levels, each with its answer."""

    levels: Levels = Field((), description="Levels agreed to: record, teaching, print, internet.")
    declined: Levels = Field((), description="Levels that were said no to; each is a refusal.")
    not_chosen: Levels = Field((), description="Levels left open on the form; naming them says that they were seen.")
    unknown: Levels = Field((), description="Levels whose answer cannot be made out.")
    not_asked: Levels = Field((), description="Levels that nobody asked about.")

    def answers(self) -> dict[Level, LevelState]:
        """Return the answer of each level that is named.

        Raises
        ------
        Refusal
            When a level has two.
        """
        said = {
            LevelState.ACCEPTED: self.levels,
            LevelState.DECLINED: self.declined,
            LevelState.NOT_CHOSEN: self.not_chosen,
            LevelState.UNKNOWN: self.unknown,
            LevelState.NOT_ASKED: self.not_asked,
        }
        named = [level for levels in said.values() for level in set(levels)]
        twice = sorted({level for level in named if named.count(level) > 1})
        if twice:
            told = "A level has one answer; it cannot be agreed to and declined at once: %(levels)s."
            raise Refusal(faults=[RuleFault(told, "levels", {"levels": ", ".join(twice)}, is_input=True)])
        return {level: state for state, levels in said.items() for level in levels}


class Giving(Answers):
    """Everything that a form of consent holds."""

    clinician: Name = Field(description="The requesting clinician: who asked the patient (R37).")
    date: Day | None = Field(None, description="The day on which it was given; today when left out.")
    explained_by: Name = Field("", description="Who explained it, if not the clinician.")
    grantor: p.GrantorKind = Field(
        p.GrantorKind.PATIENT, description="Who gave the answer. Anybody but the patient needs a name and evidence."
    )
    grantor_name: Name = Field("", description="The name of whoever decided for the patient.")
    evidence: Line = Field("", description="How their authority is known, such as the registration of the power.")
    capacity: p.CapacityAnswer | None = Field(
        None, description="Whether the patient could decide this; goes without saying for an adult who answers."
    )
    capacity_assessor: Name = Field("", description="Who assessed it; needed unless the answer is yes.")
    making_consent: Literal["explicit", "implicit", "not recorded"] = Field(
        "not recorded", description="The consent to making the recording itself."
    )
    date_from: Day | None = Field(None, description="Only recordings made from this day on.")
    date_to: Day | None = Field(None, description="Only recordings made until this day.")
    photo_job: Identifier = Field("", description="The number of the photographic job.")
    photo_image: Identifier = Field("", description="The number of the photograph within the job.")
    agrees_to: tuple[Line, ...] = Field((), description="A further purpose agreed to by name, such as research.")
    publication: Line = Field("", description="The one publication that the answer is for, by its key in the register.")
    commercial: bool | None = Field(None, description="Whether companies may use it.")
    commercial_data: Words = Field("", description="What a company will see, as the patient was told.")
    commercial_confidentiality: Words = Field("", description="How it is kept confidential, as the patient was told.")
    project: Line = Field("", description="Register key of the research project whose form was signed.")
    ethics: Line = Field("", description="Reference of the ethics decision.")
    duo: tuple[Line, ...] = Field((), description="A Data Use Ontology code, such as DUO:0000007.")
    genomic: bool = Field(default=False, description="Genomic data are part of it.")
    conditions: Words = Field("", description="What else the patient tied it to, in words.")
    valid_from: Day | None = Field(None, description="The first day on which it counts.")
    valid_to: Day | None = Field(None, description="The last day on which it counts.")
    review_age: int | None = Field(None, ge=0, le=25, description="The age at which to ask the patient again.")
    witness: Name = Field("", description="Who witnessed it.")
    interpreter: Name = Field("", description="Who interpreted.")
    language: Name = Field("", description="The language used.")
    manner: Literal["written", "oral", "not recorded"] = Field("not recorded", description="How it was given.")
    form_version: Name = Field("", description="The version of the consent form.")
    scan_sha256: Sha256 = Field("", description="SHA-256 of the scanned form, 64 hexadecimal digits.")
    leaflet: Name = Field("", description="The leaflet that was given, with its version (R41).")
    briefed_by: Name = Field("", description="Who explained it at the imaging visit (R41).")
    accessible_format: Name = Field("", description="The format that the patient needs, such as large print.")
    reason: Words = Field("", description="Why, in a sentence.")

    def subject(self, study: Study) -> Subject:
        """Return what the form is for, within the days and the photograph that it names."""
        subject = super().subject(study)
        narrower = {
            "date_from": self.date_from,
            "date_to": self.date_to,
            "photo_job": self.photo_job,
            "photo_image": self.photo_image,
        }
        return Subject(study, Scope.model_validate({**subject.scope.model_dump(), **narrower}))

    def given(self, session: Session, subject: Subject, actor: Actor) -> p.Given:
        """Return the form as the ledger keeps it.

        Raises
        ------
        Refusal
            When something contradicts itself, or capacity has to be answered.
        """
        day, answers = self.date or local_day(utc_now()), self.answers()
        opened = [level for level, state in answers.items() if state is LevelState.ACCEPTED]
        return p.Given(
            levels=answers,
            requesting_clinician=self.clinician or " ",  # the rule has a better sentence than the type
            discussed_on=day,
            explained_by=self.explained_by,
            recorder=actor.user,
            grantor=p.Grantor(kind=self.grantor, name=self.grantor_name, evidence=self.evidence),
            capacity=self._capacity(opened, known(session, subject.target).age(day)),
            making_consent=self.making_consent,
            conditions=self._conditions(),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            review_age=self.review_age,
            witness=self.witness,
            interpreter=self.interpreter,
            language=self.language,
            manner=self.manner,
            received=self.received,
            taken_by=self.taken_by,
            form_version=self.form_version,
            scan_sha256=self.scan_sha256,
            leaflet_version=self.leaflet,
            briefed_by=self.briefed_by,
            accessible_format=self.accessible_format,
            reason=self.reason,
        )

    def _capacity(self, opened: list[Level], age: int | None) -> p.Capacity:
        if self.capacity is not None:
            return p.Capacity(answer=self.capacity, assessor=self.capacity_assessor)
        found = authority.presumed(opened, self.grantor, age)
        if found is None:
            raise Refusal(faults=[authority.CAPACITY_NEEDED, *self._unnamed()])
        return found

    def _unnamed(self) -> tuple[RuleFault, ...]:
        return tuple(authority.of_representative(self.grantor, self.grantor_name, self.evidence))

    def _conditions(self) -> p.Conditions:
        told = bool(self.commercial_data or self.commercial_confidentiality or "commercial" in self.agrees_to)
        return p.Conditions(
            purposes=self.agrees_to,
            named_publication=self.publication,
            commercial=True if self.commercial is None and told else self.commercial,
            commercial_data=self.commercial_data,
            commercial_confidentiality=self.commercial_confidentiality,
            research_project=self.project,
            ethics_reference=self.ethics,
            duo=self.duo,
            genomic=self.genomic,
            text=self.conditions,
        )


class Recording(Giving):
    """Record consent as it was given. Levels that are not named count as "not chosen"."""

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        return acts.record(session, subject, self.given(session, subject, actor), actor)


class Amending(Giving):
    """Record amended consent. It changes the levels that it names, and links to the earlier record, which stays."""

    def act(self, session: Session, subject: Subject, actor: Actor) -> Act:
        """Record it."""
        return acts.amend(session, subject, self.given(session, subject, actor), actor)
