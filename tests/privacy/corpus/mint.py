"""Values that nobody has: unique over the corpus, and none a part of another."""

from dataclasses import dataclass, field

_ONSETS = ("zv", "qu", "vl", "xh", "kj", "wr", "dz", "pf", "tz", "gw")
_NUCLEI = ("a", "e", "i", "o", "u", "ae", "oi", "uy")
_MODULO = 11


@dataclass
class Mint:
    """Gives out unique values; the same order of calls gives the same values.

    Two mints share no value when their starts are far enough apart.
    """

    start: int = 0
    _count: dict[str, int] = field(default_factory=dict)

    def _next(self, kind: str) -> int:
        self._count[kind] = self._count.get(kind, 0) + 1
        return self.start + self._count[kind]

    def word(self) -> str:
        """Return a capitalised word of fixed length that is no word."""
        number, letters = self._next("word"), ""
        for _ in range(4):
            number, digit = divmod(number, len(_ONSETS))
            letters += _ONSETS[digit] + _NUCLEI[(number + digit) % 5]
        return letters.capitalize()

    def id(self) -> str:
        """Return a hospital number."""
        return f"RXH{7_000_000 + self._next('id') * 7}"

    def accession(self) -> str:
        """Return an accession number."""
        return f"ACN{4_000_000 + self._next('accession') * 3}"

    def nhs(self) -> str:
        """Return a number with a valid check digit from the range 999, which is set aside for tests."""
        while True:
            stem = f"999{self._next('nhs') * 37:06d}"
            check = (
                _MODULO
                - sum(int(digit) * weight for digit, weight in zip(stem, range(10, 1, -1), strict=True)) % _MODULO
            )
            if check % _MODULO < 10:
                return stem + str(check % _MODULO)

    def date(self) -> str:
        """Return a day that no other value of the corpus names."""
        number = self._next("date")
        return f"{1931 + number // 27 % 60}{1 + number % 12:02d}{1 + number % 27:02d}"

    def time(self) -> str:
        """Return a time of day with a fraction."""
        number = self._next("time")
        return f"{number % 24:02d}{number % 60:02d}{number % 59:02d}.{100000 + number * 13:06d}"

    def uid(self) -> str:
        """Return a UID under a root that is nobody's."""
        return f"1.2.826.0.1.3680043.99999.{1_000_000 + self._next('uid')}"

    def phone(self) -> str:
        """Return a telephone number from Ofcom's range for drama."""
        return f"01632 {960_000 + self._next('phone')}"

    def postcode(self) -> str:
        """Return a postcode of a real area in a district that is not in use."""
        number = self._next("postcode")
        letters = "ABDEFGHJLN"[number // 10 % 10] + "PQRSTUWXYZ"[number // 100 % 10]
        return f"ZE{90 + number // 1000 % 10} {number % 10}{letters}"

    def serial(self) -> str:
        """Return a device's serial number."""
        return f"SNQ{52_000_000 + self._next('serial') * 11}"

    def station(self) -> str:
        """Return a station name or AE title of at most 16 characters."""
        return f"XQSTN{50_000 + self._next('station')}"

    def email(self) -> str:
        """Return an address in a domain that cannot exist."""
        return f"{self.word().lower()}@trust.invalid"

    def number(self) -> str:
        """Return a decimal that no other value of the corpus is."""
        return f"{71 + self._next('number') * 0.0137:.4f}"
