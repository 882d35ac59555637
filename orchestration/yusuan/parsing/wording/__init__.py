"""The form of the text: what examiners look for by hand, found over all sentences of a batch at once.

`wording_of` gives notices (yusuan.parsing.notices has those of tables) and how many places each check looked at. What figures mean,
and whether they add up, belongs to yusuan.parsing.narrative; the patterns and names are in vocabulary/.
"""

import polars as pl

from yusuan.parsing.line_texts import LineTexts
from yusuan.parsing.wording.amounts import two_amounts
from yusuan.parsing.wording.chapters import missing_chapters
from yusuan.parsing.wording.class_levels import class_levels
from yusuan.parsing.wording.counts import counted_parts
from yusuan.parsing.wording.found import Found
from yusuan.parsing.wording.lists import listed_names
from yusuan.parsing.wording.marks import mixed_punctuation, unbalanced_marks
from yusuan.parsing.wording.names import outdated_names, publisher_words
from yusuan.parsing.wording.numbering import wrong_numbers
from yusuan.parsing.wording.patterns import matching_patterns
from yusuan.parsing.wording.publishers import other_agencies
from yusuan.parsing.wording.sentences import sentences_of
from yusuan.parsing.wording.splits import broken_ends, end_marks, split_sentences
from yusuan.parsing.wording.years import wrong_years

__all__ = ["wording_of"]


def wording_of(
    lines: pl.DataFrame,
    texts: LineTexts,
    places: pl.DataFrame,
    described: pl.DataFrame,
    groups: pl.DataFrame,
    figures: pl.DataFrame,
    agencies: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(notices, examined): document_id, kind, line, page, text, message; document_id, check_id, instances.

    `lines` have the text_id of their `texts`, `places` tells which line belongs to which paragraph (yusuan.parsing.narrative.paragraphs),
    `described` has document_kind and fiscal_year, `groups` are the claims as the checks of yusuan.parsing.narrative use them, `figures`
    the amounts of tables, `agencies` those that the document speaks of.
    """
    sentences = sentences_of(lines, places)
    found: list[Found] = [
        matching_patterns(sentences),
        broken_ends(sentences),
        end_marks(sentences),
        split_sentences(sentences),
        wrong_years(sentences, described),
        publisher_words(sentences, described),
        other_agencies(sentences, agencies),
        outdated_names(sentences, lines, texts, described),
        unbalanced_marks(sentences),
        mixed_punctuation(sentences),
        wrong_numbers(sentences),
        two_amounts(groups),
        counted_parts(groups),
        missing_chapters(lines, texts),
        class_levels(sentences, figures),
        *listed_names(sentences, figures),
    ]
    notices = pl.concat([each.notices for each in found]).unique(["document_id", "kind", "line", "text"], maintain_order=True)
    examined = pl.concat([each.examined for each in found])
    return notices, examined.unique(["document_id", "check_id"], keep="first", maintain_order=True)
