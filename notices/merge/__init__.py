"""The letter run: one insert for each row of a list, in one file for the printer (DAPB1605)."""

from notices.merge.letters import Letter, Refused, name_fault, read_letters
from notices.merge.report import report_of
from notices.merge.run import Result, merge

__all__ = ["Letter", "Refused", "Result", "merge", "name_fault", "read_letters", "report_of"]
