"""Is the portal there, is it ready, and its figures: counts only, never anything of a patient."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

from consent_portal.ledger.rows import DecisionRow, DisclosureRow, EventRow
from consent_portal.migrations.run import newest, present
from consent_portal.parts import parts
from consent_portal.tasks.rows import AskRow, RecallRow, ReviewRow

blueprint = Blueprint("health", __name__)
FIGURES = {
    "aoa_events_total": EventRow.type,
    "aoa_decisions_total": DecisionRow.outcome,
    "aoa_disclosures_total": DisclosureRow.kind,
    "aoa_asks": AskRow.status,
    "aoa_reviews": ReviewRow.status,
    "aoa_recalls": RecallRow.status,
}
"""Each figure, and the column that it is counted by."""
READY = "ready"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/health/live")
def live() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="live")


@blueprint.get("/health/ready")
def ready() -> ResponseReturnValue:
    """Say whether the ledger can be read and has the newest shape; without it nothing is decided."""
    state = _state()
    return jsonify(parts={"ledger": state}), 200 if state == READY else 503


def _state() -> str:
    portal = parts()
    try:
        missing = portal.continuity.gap()
        if missing:
            return f"closed: {missing}"
        whole = present(portal.database) == newest()
    except SQLAlchemyError:
        whole = False
    return READY if whole else "not ready: migrate the database, or see the log"


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give counts in Prometheus' text format."""
    with parts().database.reading() as session:
        lines = [line for name, column in FIGURES.items() for line in _figure(session, name, column)]
    return Response("\n".join(lines) + "\n", content_type=TEXT)


def _figure(session: Session, name: str, column: InstrumentedAttribute[str]) -> list[str]:
    counted = session.execute(select(column, func.count()).group_by(column).order_by(column))
    kind = "counter" if name.endswith("_total") else "gauge"
    return [f"# TYPE {name} {kind}", *(f'{name}{{{column.key}="{value}"}} {count}' for value, count in counted)]
