"""What is written: made-up names, numbers, dates, times, codes and the words of devices, in many hands."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Random = np.random.Generator
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_KEPT = Path(__file__).parents[2] / "orthanc_plugin/pixel_bench/fonts.toml"
_FOLDER = Path("/usr/share/fonts")
_DRAWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def fonts() -> tuple[Path, ...]:
    """Return the fonts to train with: those installed less those kept for the bench. Sorted, Latin letters first."""
    kept = set(tomllib.loads(_KEPT.read_text("utf-8"))["kept"])
    return tuple(
        path
        for path in sorted(_FOLDER.rglob("*.ttf"))
        if path.stem not in kept and "MathTeX" not in path.stem and path.stem.startswith(tuple(_DRAWN["latin"]))
    )


@cache
def _foreign() -> tuple[tuple[Path, int, int], ...]:
    found = ((path, _DRAWN["scripts"].get(path.stem.split("-")[0])) for path in sorted(_FOLDER.rglob("Noto*.ttf")))
    return tuple((path, *span) for path, span in found if span)


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _bitmap() -> ImageFont.ImageFont:
    return ImageFont.load_default_imagefont()


def _word(rng: Random) -> str:
    if rng.random() < 0.5:
        word = "".join(rng.choice(_DRAWN["syllables"]) for _ in range(int(rng.integers(1, 5))))
    else:
        letters = list(_DRAWN["alphabets"][rng.choice(4, p=[0.45, 0.35, 0.1, 0.1])])
        word = "".join(rng.choice(letters) for _ in range(int(rng.integers(2, 11))))
    return str(rng.choice([word, word.upper(), word.title()]))


def _digits(rng: Random, least: int, most: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(least, most + 1))))


def _date(rng: Random) -> str:
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1925, 2027))
    name = _DRAWN["months"][month - 1]
    mark = rng.choice(list("/-. "))
    return str(
        rng.choice(
            [
                f"{day:02}{mark}{month:02}{mark}{year}",
                f"{year}{mark}{month:02}{mark}{day:02}",
                f"{day}{mark}{name}{mark}{year % 100:02}",
                f"{year}{month:02}{day:02}",
                f"{rng.integers(0, 24):02}:{rng.integers(0, 60):02}:{rng.integers(0, 60):02}",
                f"{rng.integers(1, 13)}:{rng.integers(0, 60):02} {rng.choice(['AM', 'PM'])}",
            ]
        )
    )


def _code(rng: Random) -> str:
    parts = [
        _digits(rng, 1, 4) if rng.random() < 0.6 else _word(rng)[:4].upper() for _ in range(int(rng.integers(1, 4)))
    ]
    return str(rng.choice(list("-/ _."))).join(parts)


def text(rng: Random) -> str:
    """Return a made-up string: a name, a number, a date or time, a code, or what a device writes."""
    kind = rng.choice(5, p=[0.34, 0.2, 0.18, 0.14, 0.14])
    if kind == 0:
        return str(rng.choice([", ", " ", "^"])).join(_word(rng) for _ in range(int(rng.integers(1, 4))))
    if kind == 1:
        return " ".join(_digits(rng, 3, 5) for _ in range(int(rng.integers(1, 4))))
    if kind == 4:
        word, between = rng.choice(_DRAWN["words"]), rng.choice([" ", ": ", " = "])
        return f"{word}{between}{_digits(rng, 1, 3)}{rng.choice(['', '.5', ' dB', '%'])}"
    return (_date if kind == 2 else _code)(rng)


def ink(rng: Random, most: tuple[int, int]) -> Image.Image:
    """Return the ink of a string, 0 to 255, cut to its box; smaller than `most` (columns, rows) unless that is tiny."""
    words, size = text(rng), int(np.exp(rng.uniform(np.log(8), np.log(35))))
    if rng.random() < 0.06:
        path, first, last = _foreign()[int(rng.integers(len(_foreign())))]
        words = "".join(chr(c) for c in rng.integers(first, last + 1, int(rng.integers(3, 10))))
        font: Font = _font(path, size)
    elif rng.random() < 0.1:
        font, words = _bitmap(), words.encode("latin-1", "ignore").decode("latin-1") or "A1"
    else:
        font = _font(fonts()[int(rng.integers(len(fonts())))], size)
    while (box := font.getbbox(words))[2] > most[0] and len(words) > 3:
        words = words[: max(3, len(words) * 3 // 4)]
    sheet = Image.new("L", (int(box[2]) + 4, int(box[3]) + 4))
    pen = ImageDraw.Draw(sheet)
    pen.fontmode = "1" if rng.random() < 0.35 else "L"
    pen.text((2, 2), words, font=font, fill=255)
    sheet = sheet.crop(sheet.getbbox() or (0, 0, 1, 1))
    if isinstance(font, ImageFont.ImageFont) and size > 15:
        sheet = sheet.resize((sheet.width * 2, sheet.height * 2), Image.Resampling.NEAREST)
    return sheet
