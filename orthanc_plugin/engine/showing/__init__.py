"""What the engine shows a person: held images, and what would leave in a release, as pictures and never as DICOM."""

from dataclasses import dataclass

from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.showing.held import HeldImages
from orthanc_plugin.engine.showing.kept import Kept
from orthanc_plugin.engine.showing.releases import Releases

__all__ = ["HeldImages", "Releases", "Showing"]


@dataclass(frozen=True)
class Showing:
    """Everything that is shown, over one bounded memory."""

    held: HeldImages
    releases: Releases
    kept: Kept

    @classmethod
    def of(cls, archive: Archive, jobs: Jobs) -> "Showing":
        """Return what shows the images of an archive and the releases of its jobs."""
        kept = Kept()
        return cls(HeldImages(archive, kept, jobs.project_key), Releases(jobs, kept), kept)
