"""Codes of countries and languages, one for each, whatever code a source uses."""

from __future__ import annotations

# ISO 3166-1 alpha-2, and the former countries of film history.
COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    SU CS YU DD
    """.split()  # noqa: SIM905
)
# TMDB's own codes of countries that are no more.
_COUNTRY_OF = {"XC": "CS", "XG": "DD", "UK": "GB"}

# ISO 639-1.
_TWO_LETTERS = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905
)
# "xx": no dialogue, as TMDB says it. "cn" is TMDB's code of Cantonese.
NO_DIALOGUE = "xx"
_LANGUAGE_OF = {"cn": "yue", "mo": "ro", "zxx": NO_DIALOGUE, "cmn": "zh", "nb": "no", "nn": "no"}


def country_code(code: object) -> str:
    """The code we store; '' if it is none."""
    if not isinstance(code, str):
        return ""
    upper = code.strip().upper()
    upper = _COUNTRY_OF.get(upper, upper)
    return upper if upper in COUNTRIES else ""


def language_code(code: object) -> str:
    """The code we store: of two letters, else of three; '' if it is none."""
    if not isinstance(code, str):
        return ""
    lower = code.strip().lower()
    lower = _LANGUAGE_OF.get(lower, lower)
    is_long = len(lower) == 3 and lower.isascii() and lower.isalpha()
    return lower if lower in _TWO_LETTERS or lower == NO_DIALOGUE or is_long else ""
