"""The closing words of a start: addresses, logins and a walk of five minutes."""

from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.ready import Ready
from orthanc_plugin.vocabulary import ROLES


def welcome(home: Home, ready: Ready) -> str:
    """Return what is said once everything answers."""
    parts = [_addresses(home, ready)]
    if ready.logins is not None:
        parts += [_logins(ready.logins), _walk(ready)]
    parts.append("Ctrl-C stops all of it.")
    return "\n\n".join(parts)


def farewell(home: Home) -> str:
    """Return what is said once everything has ended."""
    return f"Stopped. What was recorded stays in {home.folder}; the same command goes on from there."


def _addresses(home: Home, ready: Ready) -> str:
    return (f"\nEverything answers.\n\n"
            f"  Orthanc  {ready.orthanc}\n"
            f"  Portal   {ready.portal}\n"
            f"  DICOM    {ready.dicom_aet} at port {ready.dicom_port}\n"
            f"  Logs     {home.folder / 'logs'}")  # fmt: skip


def _logins(logins: dict[str, dict[str, str]]) -> str:
    rows = [f"  {logins[role]['user']:<22}{logins[role]['password']}" for role in ROLES if role in logins]
    return "\n".join(["Logins, the same at Orthanc and at the portal (user, password):", *rows])


def _walk(ready: Ready) -> str:
    return f"""\
Five minutes:
  1. Open {ready.orthanc} as clinician and open a study: its page shows what the patient agreed to.
  2. "Export as agreed" on the chest CT, for teaching: a de-identified zip.
  3. The same for the photograph of the forearm, for the internet: refused, with the reason and whom to ask.
  4. Open {ready.portal} as medical-illustration, find the photograph, and amend its consent.
  5. Withdraw the consent there, and ask for the export again: closed.
  6. As clinician export the ultrasound of the thyroid for teaching: it waits until a person has looked at it. As
     medical-illustration open "Images to look at", look, let it leave: the export goes on by itself.
  7. Open {ready.portal}/notices/poster, or make the PDFs:
     .venv/bin/aoa notice render poster --out poster.pdf"""
