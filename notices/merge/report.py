"""What a letter run printed where, and which rows could not be met; without a name, so that it may be kept."""

import csv
import io

from notices.merge.run import Result


def report_of(result: Result) -> str:
    """Return the report as CSV: one line a row of the list, in its order."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(("row", "result", "place in the file", "language", "format", "reason"))
    printed = {one.row: place for place, one in enumerate(result.letters, start=1)}
    letters = {one.row: one for one in result.letters}
    refused = {one.row: one.reason for one in result.refused}
    for row in sorted({*printed, *refused}):
        if row in refused:
            writer.writerow((row, "not met", "", "", "", refused[row]))
        else:
            one = letters[row]
            formats = [name for name, on in (("large print", one.large_print), ("easy read", one.easy_read)) if on]
            writer.writerow((row, "printed", printed[row], one.language, " and ".join(formats) or "standard", ""))
    return output.getvalue()
