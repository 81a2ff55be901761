"""Puts the parts together and registers them with Orthanc; the `orthanc` module is handed in."""

import atexit
import functools
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.accounts.signin import SignIn
from orthanc_plugin.gate.answers import Answer, RestOutput, message, not_allowed, see_other, send
from orthanc_plugin.gate.archives import Archives
from orthanc_plugin.gate.doors import Doors
from orthanc_plugin.gate.engine_client import EngineClient, EngineUnavailableError
from orthanc_plugin.gate.entrance import EXPLORER, ExplorerPage, challenge, onward
from orthanc_plugin.gate.explorer import me, script
from orthanc_plugin.gate.export_routes import BROKEN_OFF, ExportRoutes
from orthanc_plugin.gate.guard import NO_ROLE, PORTAL_AWAY, Guard, Request, Verdict
from orthanc_plugin.gate.handover import HandOver
from orthanc_plugin.gate.journal import Entry, Journal, RefusedEntriesError
from orthanc_plugin.gate.loopback import Loopback
from orthanc_plugin.gate.move import Moves
from orthanc_plugin.gate.native_jobs import NativeJobs
from orthanc_plugin.gate.page_routes import PageRoutes
from orthanc_plugin.gate.pages.layout import asset, wants_html
from orthanc_plugin.gate.pages.outcome import Contacts, message_page
from orthanc_plugin.gate.proxies import client_of
from orthanc_plugin.gate.pushes import Pushes
from orthanc_plugin.gate.retrieve import Retrievals, Targets
from orthanc_plugin.gate.roles import People, Principal, Principals, Role, load_roles
from orthanc_plugin.gate.settings import Settings
from orthanc_plugin.gate.startup import check
from orthanc_plugin.gate.watching import reads_of

# Orthanc's own HTTP threads have stacks of 100 KB: a deeply nested JSON text would end the whole server. Routes
# therefore run in threads of ours, which have 8 MB, while Orthanc's thread waits without holding the interpreter.
# Orthanc has 50 threads for HTTP and 4 for DICOM, so nobody ever waits for one of these.
_THREADS = 60
# Short, because what is read meanwhile is in memory only; an engine that needs longer is asked again.
_JOURNAL_SECONDS = 20.0
_METHODS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE"}
_NO_ROLE = "Your user name has no role at the gate. Ask whoever looks after Orthanc."
_NOT_UNDERSTOOD = "The export service does not answer or was not understood, and nothing left. Please try again later."
_NOT_YOURS = "Your role does not open this. Ask whoever looks after the accounts at the consent portal."
_PORTAL_AWAY = (
    "The consent portal does not answer at the moment, and without its word nothing can leave. Please try again in a "
    "few minutes; if it lasts, tell whoever looks after it. Images for direct care are not affected."
)
_FAILED = "The gate failed to answer, and nothing left. Please tell whoever looks after Orthanc."

Route = Callable[[Principal, Request, tuple[str, ...], bytes], Answer]


class Gate:
    """The gate, ready to be asked by Orthanc."""

    def __init__(self, orthanc: Any, settings: Settings) -> None:
        self._orthanc = orthanc
        configuration = json.loads(orthanc.GetConfiguration())
        doors = Doors.load()
        roles = load_roles()
        parts = {user: roles[role] for user, role in settings.roles.items() if roles[role].service}
        check(
            configuration,
            version(orthanc),
            doors.known_versions,
            settings.destinations,
            parts=None if settings.accounts is None else frozenset(parts),
        )
        self._configuration = configuration
        self._destinations = settings.destinations
        self._trusted_proxies = settings.trusted_proxies
        self._sign_in = self._signing_in(settings, roles, parts)
        self._people: People = self._sign_in or Principals(roles, settings.roles)
        self._guard = Guard(doors, self._people, settings.destinations)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="gate")
        self._engine = EngineClient(settings.engine_url, settings.engine_token)
        self._loopback = Loopback(
            int(configuration.get("HttpPort", 8042)),
            functools.cache(orthanc.GenerateRestApiAuthorizationToken),
            bool(configuration.get("SslEnabled", False)),
        )
        look_up, level_of = self._loopback.found, self._loopback.level_of
        self._journal = Journal(settings.journal_dir, self._hand_over, look_up, level_of, orthanc.LogError)
        self._streams = hasattr(orthanc.RestOutput, "StartStreamAnswer")
        self._hand_over_large = None if self._streams else HandOver.configured(configuration)
        contacts = Contacts(settings.guardian, settings.illustration, settings.portal_url)
        self._pages = PageRoutes(ExportRoutes(self._engine), self._loopback, contacts, self._hand_over_large)
        jobs = NativeJobs(orthanc.RestApiPost, orthanc.OrthancException, self._loopback)
        targets = Targets.from_configuration(configuration, settings.destinations)
        self._retrievals = Retrievals(targets, jobs)
        self._pushes = Pushes(settings.destinations, jobs, self._loopback, self._engine, self._journal.note)
        self._archives = Archives(jobs, self._journal.note)
        self._moves = Moves(targets, self._pushes, self._loopback)
        self._own = [re.compile(pattern) for pattern in self._own_routes()]

    def _signing_in(self, settings: Settings, roles: Mapping[str, Role], parts: Mapping[str, Role]) -> SignIn | None:
        """Return what signs people in by the portal's accounts; None where Orthanc does by its own list."""
        if settings.accounts is None:
            return None
        passwords = self._configuration["RegisteredUsers"]
        ours = {user: (role, str(passwords[user])) for user, role in parts.items() if user in passwords}
        return SignIn(roles, ours, settings.accounts, self._orthanc.LogWarning)

    def register(self) -> None:
        """Register the filter, the routes and C-MOVE with Orthanc, and start the journal."""
        self._orthanc.RegisterIncomingHttpRequestFilter(self.filter)
        for pattern, methods in {**self._own_routes(), **self._covered_routes()}.items():
            self._orthanc.RegisterRestCallback(pattern, self._callback(methods))
        self._orthanc.RegisterMoveCallback(self.move)
        self._orthanc.ExtendOrthancExplorer(script())
        self._journal.start()
        atexit.register(self._journal.close)
        if self._sign_in is not None:
            self._begin_signing_in(self._sign_in)
        if self._hand_over_large is not None:
            self._hand_over_large.start()
            atexit.register(self._hand_over_large.close)

    def _begin_signing_in(self, sign_in: SignIn) -> None:
        page = ExplorerPage(self._loopback, self._cover_explorer)
        for each in (sign_in, page):
            each.start()
            atexit.register(each.close)

    def _cover_explorer(self, page: bytes) -> None:
        route: dict[str, Route] = {"GET": lambda *_: Answer(HTTPStatus.OK, page, "text/html")}
        self._orthanc.RegisterRestCallback(f"/{EXPLORER}", self._callback(route))
        self._own.append(re.compile(f"/{EXPLORER}"))

    def _own_routes(self) -> dict[str, dict[str, Route]]:
        return {**self._entrance_routes(), **self._page_routes()}

    def _entrance_routes(self) -> dict[str, dict[str, Route]]:
        """Return the routes that ask for a password; Orthanc itself asks where people are on its own list."""
        if self._sign_in is None:
            return {}
        return {
            "/": {"GET": lambda *_: see_other(EXPLORER)},
            "/sign-in": {"GET": lambda _, asked, *__: onward(asked.arguments)},
        }

    def _page_routes(self) -> dict[str, dict[str, Route]]:
        pages = self._pages
        return {
            "/consent/me": {"GET": lambda who, *_: me(who)},
            "/consent/studies/([^/]+)": {"GET": lambda who, _, groups, __: pages.exports.consent(who, groups[0])},
            "/export": {"POST": lambda who, asked, _, body: pages.request(who, asked, body)},
            "/export/new/([^/]+)": {"GET": lambda who, asked, groups, _: pages.new(who, groups[0], asked.arguments)},
            "/export/assets/([^/]+)": {"GET": lambda _, __, groups, ___: asset(groups[0])},
            "/export/([^/]+)": {"GET": lambda who, asked, groups, _: pages.job(who, asked, groups[0])},
            "/export/([^/]+)/package": {"GET": lambda who, asked, groups, _: pages.package(who, asked, groups[0])},
        }

    def _covered_routes(self) -> dict[str, dict[str, Route]]:
        """Return the routes of Orthanc that the gate answers because only their body tells what happens."""
        retrieve: dict[str, Route] = {"POST": lambda _, asked, __, body: self._retrievals.retrieve(asked.uri, body)}
        store: dict[str, Route] = {"POST": lambda who, asked, _, body: self._pushes.store(who, asked.uri, body)}
        registered = "|".join(re.escape(name) for name in self._destinations)
        archive: dict[str, Route] = {"POST": lambda who, asked, _, body: self._archives.make(who, asked.uri, body)}
        routes = {
            "/queries/([^/]+)/retrieve": retrieve,
            "/queries/([^/]+)/answers/([^/]+)/retrieve": retrieve,
            "/tools/(create-archive|create-media|create-media-extended)": archive,
        }
        if registered:
            routes |= {
                f"/modalities/({registered})/store": store,
                f"/peers/({registered})/store": store,
                f"/modalities/({registered})/move": retrieve,
            }
        return routes

    def filter(self, uri: str, **request: Any) -> bool:
        """Answer Orthanc's filter: True lets the request pass. Any fault of ours refuses."""
        try:
            address = client_of(request.get("ip", ""), request["headers"], self._trusted_proxies)
            asked = Request(_METHODS[request["method"]], uri, request["headers"], request.get("get", {}), address)
            verdict = self._guard.judge(asked)
            if verdict.allowed and not self._may_collect(verdict):
                return False
            if not verdict.allowed and self._tells_why(asked, verdict):
                return True
            for read in reads_of(asked, verdict):
                self._journal.note(read)
        except Exception as error:  # noqa: BLE001 -- the outermost edge: whatever goes wrong, nothing passes
            self._orthanc.LogError(f"the gate refused a request, because it failed: {type(error).__name__}")
            return False
        else:
            return verdict.allowed

    def _tells_why(self, asked: Request, verdict: Verdict) -> bool:
        """Return whether a route of ours says why a request is refused: that nobody signed in, or the portal is away.

        Nobody sends a body without having signed in: Orthanc would take all of it first.
        """
        if self._sign_in is None or verdict.passage is None:
            return False
        tells = verdict.rule == PORTAL_AWAY or (verdict.rule == NO_ROLE and asked.method == "GET")
        return tells and any(route.fullmatch(verdict.passage.path) for route in self._own)

    def _may_collect(self, verdict: Verdict) -> bool:
        """Return whether a package that waits may go to who asks; True for every other door."""
        token = verdict.passage.parts.get("package") if verdict.passage else None
        if token is None or verdict.principal is None:
            return True
        hand_over = self._hand_over_large
        return hand_over is not None and hand_over.may_collect(verdict.principal.user, token)

    def move(self, **request: Any) -> None:
        """Answer a C-MOVE; an exception tells Orthanc, and so the asker, that it failed."""
        self._threads.submit(self._moves.move, request).result()

    def _hand_over(self, entries: list[Entry]) -> None:
        reply = self._engine.ask("POST", "/journal", content={"entries": entries}, seconds=_JOURNAL_SECONDS)
        if reply.status == HTTPStatus.BAD_REQUEST:
            self._orthanc.LogError("the engine refused entries of the journal; they are kept in refused.jsonl")
            raise RefusedEntriesError
        if reply.status != HTTPStatus.NO_CONTENT:
            raise EngineUnavailableError(f"the engine answered the journal with {reply.status}")

    def _callback(self, methods: Mapping[str, Route]) -> Callable[..., None]:
        def answer(output: RestOutput, uri: str, **request: Any) -> None:
            send(output, self._threads.submit(self._answer, methods, uri, request).result())

        return answer

    def _answer(self, methods: Mapping[str, Route], uri: str, request: Mapping[str, Any]) -> Answer:
        """Return the answer of the route for the method; the outermost edge of every route."""
        asked = Request(request["method"], uri, request["headers"], request.get("get", {}))
        principal = self._people.known(asked.headers)
        route = methods.get(asked.method)
        if principal is None:
            return message(HTTPStatus.FORBIDDEN, _NO_ROLE) if self._sign_in is None else challenge(asked)
        if route is None:
            return not_allowed(methods)
        if rule := self._guard.rule(principal, asked):
            return _refused(rule, asked)
        try:
            answer = route(principal, asked, request["groups"], request.get("body", b""))
            return answer if self._streams else gathered(answer)
        except EngineUnavailableError:
            return message(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_UNDERSTOOD)
        except Exception as error:  # noqa: BLE001 -- the outermost edge: Orthanc would log the exception with its text
            self._orthanc.LogError(f"a route of the gate failed: {type(error).__name__}")
            return message(HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED)


def _refused(rule: str, asked: Request) -> Answer:
    status = HTTPStatus.SERVICE_UNAVAILABLE if rule == PORTAL_AWAY else HTTPStatus.FORBIDDEN
    text = _PORTAL_AWAY if rule == PORTAL_AWAY else _NOT_YOURS
    return message_page(status, {"message": text}) if wants_html(asked.headers) else message(status, text)


def gathered(answer: Answer) -> Answer:
    """Return an answer in one piece, for a plugin that cannot stream; one that breaks off says so instead."""
    if answer.chunks is None:
        return answer
    try:
        return replace(answer, body=b"".join(answer.chunks), chunks=None)
    except EngineUnavailableError:
        return message(HTTPStatus.SERVICE_UNAVAILABLE, BROKEN_OFF)


def version(orthanc: Any) -> str:
    """Return Orthanc's version by asking whether it is at least this or that one.

    The database, and with it ``GET /system``, is out of reach while plugins load; the version check is not.
    """
    number = [0, 0, 0]
    for place, highest in enumerate((9, 99, 99)):
        for candidate in range(highest, -1, -1):
            number[place] = candidate
            if orthanc.CheckVersionAdvanced(*number):
                break
    return ".".join(map(str, number))
