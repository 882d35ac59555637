"""Code points that PDF fonts emit in place of ordinary characters, and what was printed.

Only characters that look the same belong here: radicals standing for ideographs, and PDFium's marks for a hyphen. Full-width
forms stay as printed; parsing normalises them.
"""

import unicodedata

import numpy as np

# U+2E80-2EFF has no decomposition in Unicode but for two characters, so NFKC leaves it; pairs of (radical, ideograph).
RADICALS = (
    "⺁厂⺄乙⺅亻⺆冂⺇几⺈刀⺉刂⺊卜⺋㔾⺌小⺎兀⺏尣⺐尢⺑尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺠民⺡氵⺢氺⺣灬⺤爫⺥爫"
    "⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺳罒⺴网⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝"
    "⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯"
    "⻮齿⻯竜⻰龙⻱龜⻲亀"
)
# Radicals and compatibility ideographs that Unicode itself decomposes.
DECOMPOSED_BLOCKS = ((0x2E80, 0x2FD6), (0xF900, 0xFB00))
# PDFium gives these for a hyphen at the end of a line, which in a table is a dash that stands for "nothing" or a minus sign.
HYPHENS = (0x02, 0xAD, 0xFFFE)


def _substitutes() -> dict[int, int]:
    pairs = {ord(a): ord(b) for a, b in zip(RADICALS[::2], RADICALS[1::2], strict=True)}
    for low, high in DECOMPOSED_BLOCKS:
        for code in range(low, high):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                pairs[code] = ord(plain)
    return pairs | dict.fromkeys(HYPHENS, ord("-"))


_PAIRS = sorted(_substitutes().items())
_FROM = np.array([code for code, _ in _PAIRS], dtype=np.uint32)
_TO = np.array([plain for _, plain in _PAIRS], dtype=np.uint32)


def printed_codes(codes: np.ndarray) -> np.ndarray:
    """The code points of the characters that a reader sees."""
    place = np.minimum(np.searchsorted(_FROM, codes), len(_FROM) - 1)
    return np.where(_FROM[place] == codes, _TO[place], codes)
