"""Names in arbitrary scripts go into a page and come out as the same text, or are refused."""

import io

import pikepdf
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Pdf

from notices.merge.names import NO_FONT, TOO_WIDE, Strip, drawn

STRIP = Strip(10, 20, 120, 8, 12)
_ALPHABETS = st.sampled_from(
    ["abcXYZéøßñ’-", "ابتثجحخَُّ", "অআইনজমবগ্র", "ਅਆਕਖਗੁਰ", "अआकखगर्ि", "אבגדה", "กขค่้", "АБВгд", "αβγδ", "李", "(){}\\<>"]
)
_NAME = _ALPHABETS.flatmap(lambda letters: st.text(letters, min_size=1, max_size=14))


@settings(max_examples=15)
@given(st.lists(_NAME, min_size=1, max_size=6))
def test_what_is_written_is_what_is_read(names: list[str]) -> None:
    pdf = Pdf.new()
    for own, drawings in drawn(pdf, names, STRIP):
        for name, one in zip(names, drawings, strict=True):
            assert one.fault in ("", NO_FONT, TOO_WIDE)
            if one.fault:
                assert one.operators == b""
                continue
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=[0, 0, 400, 80],
                Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(own)),
                Contents=pdf.make_stream(one.content(STRIP, 0)),
            )
            pdf.pages.append(pikepdf.Page(page))
            marked = [one.operands[1] for one in pikepdf.parse_content_stream(pdf.pages[-1], "BDC")]
            assert [str(properties.get("/ActualText", name)) for properties in marked] == [name]
            used = {str(one.operands[0]) for one in pikepdf.parse_content_stream(pdf.pages[-1], "Tf")}
            assert used
            assert used <= set(own)
    pdf.save(io.BytesIO())
