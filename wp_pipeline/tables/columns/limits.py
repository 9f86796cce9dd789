"""Which numbers the types of columns hold without losing a digit."""

import re
from math import isfinite

SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
LONGEST_INTEGER = 40  # characters, with zeros at the beginning
# A DOUBLE does not hold all digits of a longer decimal; PHP sends at most 17.
MOST_SIGNIFICANT_DIGITS = 17
LONGEST_NUMBER = 400  # characters
INTEGER = re.compile(rb"-?[0-9]+")
NUMBER = re.compile(rb"-?([0-9]+)(?:\.([0-9]+))?(?:[eE][-+]?[0-9]+)?")


def is_bigint(text: bytes) -> bool:
    """Whether a text is an integer of 64 bits."""
    if len(text) > LONGEST_INTEGER or not INTEGER.fullmatch(text):
        return False
    return len(text) < len(str(LARGEST)) or SMALLEST <= int(text) <= LARGEST


def is_double(text: bytes) -> bool:
    """Whether a text is a number of which a DOUBLE keeps all digits."""
    if len(text) > LONGEST_NUMBER:
        return False
    found = NUMBER.fullmatch(text)
    if not found or not isfinite(float(text)):
        return False
    whole, fraction = found[1], found[2] or b""
    if text.lstrip(b"-") == whole:
        return int(float(text)) == int(text)
    digits = (whole + fraction).strip(b"0")
    return len(digits) <= MOST_SIGNIFICANT_DIGITS and bool(digits) == bool(float(text))
