"""An archive that answers at once, as a process of its own: what is measured is the portal and not Orthanc.

It answers the portal's questions about one study, and finds nothing else: the register then answers the search.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from consent_portal.bench.people import Recording


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def do_POST(self) -> None:
        """Find the study of a UID."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        uid = str(asked.get("Query", {}).get("StudyInstanceUID", ""))
        self._say([_study(Recording(int(uid.rpartition(".")[2])))] if uid else [])

    def do_GET(self) -> None:
        """Tell of a study, its series, or an image."""
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[0] != "studies":
            self._say(_image())
        elif parts[-1] == "series":
            self._say([_series(parts[1])])
        else:
            self._say(_study(Recording(int(parts[1], 16))))

    def _say(self, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the library's name)
        """Say nothing."""


def _study(recording: Recording) -> dict[str, object]:
    subject = recording.subject()
    told, facts = subject.patient, subject.study
    return {
        "ID": recording.orthanc_id,
        "MainDicomTags": {"StudyInstanceUID": recording.uid, "StudyDate": facts.date,
                          "AccessionNumber": facts.accession, "StudyDescription": facts.description},
        "PatientMainDicomTags": {"PatientID": told.id, "PatientName": told.name, "PatientBirthDate": told.birth_date,
                                 "PatientSex": told.sex},
    }  # fmt: skip


def _series(study: str) -> dict[str, object]:
    content = Recording(int(study, 16)).subject().contents[0]
    images = [f"{study}-{number}" for number in range(content.count)]
    return {"MainDicomTags": {"Modality": content.modality, "BodyPartExamined": content.body_part}, "Instances": images}


def _image() -> dict[str, str]:
    content = Recording(0).subject().contents[0]
    return {"SOPClassUID": content.sop_class_uid, "Modality": content.modality, "SliceThickness": "5",
            "ImageType": "\\".join(content.image_type)}  # fmt: skip


@contextmanager
def answering() -> Iterator[str]:
    """Start it, give its URL, and end it."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101  (asked for above)
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve until ended, after saying at which port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    print(server.server_port, flush=True)  # noqa: T201  (whoever started it reads it)
    server.serve_forever()


if __name__ == "__main__":
    main()
