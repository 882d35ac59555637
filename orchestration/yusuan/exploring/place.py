"""Where in the page a person is: everything a link carries. Nothing else decides what is shown, so a copied address shows the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import urlencode

VIEWS = ("overview", "agency", "compare", "search", "findings")
# Longer than the amount_ids of any sum that the page shows.
LONGEST = 4000


@dataclass(frozen=True)
class Place:
    """`agency` is an agency_key, `column` a year and stage of the agency page, `metric` a headline figure, `amount` an amount_id
    (several with commas between) and `finding` a finding_id: the number or finding whose source is open."""

    view: str = "overview"
    lang: str = "zh"
    agency: str = ""
    column: str = ""
    metric: str = "expenditure"
    province: str = ""
    words: str = ""
    severity: str = ""
    family: str = ""
    state: str = ""
    amount: str = ""
    finding: str = ""

    @classmethod
    def of(cls, query: Mapping[str, object]) -> "Place":
        """From the query of an address; what is not known or no single text is as if it were not there."""
        known = {field.name: query[field.name] for field in fields(cls) if field.name in query}
        place = cls(**{name: value for name, value in known.items() if isinstance(value, str) and len(value) <= LONGEST})
        return replace(place, view=place.view if place.view in VIEWS else VIEWS[0], lang=place.lang if place.lang in ("zh", "en") else "zh")

    def parameters(self) -> dict[str, str]:
        """The query of the address: only what differs from the first page."""
        start = asdict(Place())
        return {name: value for name, value in asdict(self).items() if value != start[name]}

    def link(self) -> str:
        return "?" + urlencode(self.parameters())
