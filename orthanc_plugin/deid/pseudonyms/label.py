"""The send-out label of direct care: "Job No - Image No - H&C No" (S1 L33-37, R59). Never for anything else.

It carries the H&C number, which identifies.
"""

import re
from dataclasses import dataclass, field

_LABEL = re.compile(r"\s*(\d{2}\s?\d{4,6})\s*[-–]\s*(\d{1,3})\s*[-–]\s*(\d{3}\s?\d{3}\s?\d{4})\s*")


@dataclass(frozen=True, slots=True)
class SendOutLabel:
    """A label, as numbers in text: leading zeros count.

    Attributes
    ----------
    job : str
        Two digits of the year and a running number.
    image : str
        Running number within the job.
    health_and_care : str
        Ten digits.
    """

    job: str
    image: str
    health_and_care: str = field(repr=False)

    def __str__(self) -> str:
        """Return the label as it is printed: ``23 02210 -1-012 345 6789``."""
        number = self.health_and_care
        return f"{self.job[:2]} {self.job[2:]} -{self.image}-{number[:3]} {number[3:6]} {number[6:]}"

    @property
    def warning(self) -> str:
        """Return what is doubtful about the number, empty where nothing is; a doubtful label is still one."""
        if is_check_digit_right(self.health_and_care):
            return ""
        return "the check digit of the H&C number is wrong: compare it with the patient's record"


def parse(text: str) -> SendOutLabel:
    """Read a label, however it is spaced.

    Raises
    ------
    ValueError
        It is none; the message does not repeat it.
    """
    match = _LABEL.fullmatch(text)
    if not match:
        msg = 'not a send-out label: expected "Job No - Image No - H&C No", such as "23 02210 -1-012 345 6789"'
        raise ValueError(msg)
    job, image, number = (re.sub(r"\s", "", part) for part in match.groups())
    return SendOutLabel(job, image, number)


def is_check_digit_right(number: str) -> bool:
    """Say whether ten digits satisfy the modulus 11 check of NHS and H&C numbers."""
    if not re.fullmatch(r"\d{10}", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(number[9])
