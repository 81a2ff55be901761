"""What the engine is made of, put together in one place."""

from dataclasses import dataclass, field

from orthanc_plugin.deid.pixels.devices import Register, use_rules_of
from orthanc_plugin.engine.export.calling_back import CallingBack
from orthanc_plugin.engine.export.instance import Access
from orthanc_plugin.engine.export.order import Export
from orthanc_plugin.engine.export.preparing import Preparing
from orthanc_plugin.engine.jobs.pool import Pool
from orthanc_plugin.engine.jobs.states import States
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.journal import Batches, Journal
from orthanc_plugin.engine.neighbours.archive import Archive, select
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.records import Subject
from orthanc_plugin.engine.settings import Settings
from orthanc_plugin.engine.showing import Showing
from orthanc_plugin.engine.treatment.coding import Coding, mapping_url


@dataclass(frozen=True)
class Parts:
    """The running engine.

    Parameters
    ----------
    token
        What the gate shows.
    pictures_token
        What the portal shows for pictures; None: nobody is shown any.
    portal, archive, jobs, pool, export, journal, calling_back, showing
        Its parts.
    """

    token: str = field(repr=False)
    pictures_token: str | None = field(repr=False)
    portal: Portal
    archive: Archive
    jobs: Jobs
    pool: Pool
    export: Export
    journal: Journal
    calling_back: CallingBack
    showing: Showing

    def subject(self, study: str) -> Subject:
        """Return what the portal decides by, for one study.

        Raises
        ------
        NotFoundError, AwayError
        """
        return select(self.archive, [("study", study)])[0].subject


def assemble(settings: Settings) -> Parts:
    """Put the engine together; nothing runs yet but the pool's processes.

    Raises
    ------
    NoSpaceError, AwayError, sqlalchemy.exc.SQLAlchemyError
        The database cannot be opened.
    """
    engine = settings.engine
    orthanc_url = str(engine.orthanc_url)
    portal = Portal.at(str(engine.portal_url), settings.portal_token, engine.portal_timeout_seconds)
    archive = Archive.at(orthanc_url, engine.orthanc_user, settings.orthanc_password)
    states = States.at(engine.database_url)
    jobs = Jobs(engine.work_dir, engine.packages_dir, settings.project_key, engine.executor_id, states)
    jobs.open()
    use_rules_of(engine.device_rules_file)
    access = Access(
        orthanc_url, engine.orthanc_user, settings.orthanc_password, settings.project_key, engine.device_rules_file
    )
    pool = Pool(engine.workers, access)
    coding = Coding(mapping_url(engine.database_url), settings.project_key, settings.mapping_key)
    batches = Batches(engine.packages_dir.parent / "journal", settings.project_key)
    batches.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    devices = Register(engine.packages_dir.parent / "burned-in.sqlite")
    export = Export(engine, portal, archive, jobs, Preparing(jobs, pool, coding, settings.site_name, devices))
    return Parts(
        token=settings.token,
        pictures_token=settings.pictures_token,
        portal=portal,
        archive=archive,
        jobs=jobs,
        pool=pool,
        export=export,
        journal=Journal(portal, archive, batches, engine.poll_seconds),
        calling_back=CallingBack(portal, jobs, export.endings, engine.poll_seconds),
        showing=Showing.of(archive, jobs),
    )
