"""Numbers as people read them: money in 万元 with thousands separators, shares in per cent, counts with separators."""

from decimal import Decimal

NOTHING = "—"
WAN = Decimal(10_000)


def wan(yuan: Decimal | float | int | None) -> str:
    """Yuan in 万元 with two decimals; what is smaller than that keeps all its digits, so that no amount is shown as zero that is none."""
    if yuan is None:
        return NOTHING
    value = Decimal(str(yuan)) / WAN
    rounded = value.quantize(Decimal("0.01"))
    return f"{rounded:,}" if rounded or not value else f"{value.normalize():f}"


def exact(yuan: Decimal | float | int | None) -> str:
    """Yuan to the cent."""
    return NOTHING if yuan is None else f"{Decimal(str(yuan)):,.2f}"


def share(part: int | float | None, whole: int | float | None) -> str:
    return NOTHING if not whole or part is None else f"{part / whole:.1%}"


def count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"
