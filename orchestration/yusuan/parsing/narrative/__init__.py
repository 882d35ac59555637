"""Understanding the prose of a disclosure: figures stated in sentences, and what they must agree with.

`claims_of` reads the sentences, `narrative_identities` holds the claims against each other and against the tables. Tables and forms
belong to the modules above; of a table only cells that hold whole sentences are read here.
"""

from yusuan.parsing.narrative.checks import narrative_identities
from yusuan.parsing.narrative.claims import CLAIM_COLUMNS, claims_of
from yusuan.parsing.narrative.groups import grouped
from yusuan.parsing.narrative.paragraphs import paragraphs_of

__all__ = ["CLAIM_COLUMNS", "claims_of", "grouped", "narrative_identities", "paragraphs_of"]
