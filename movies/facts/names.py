"""Names of countries and languages in the reader's language.

Languages are named by Django, which ships their names translated, except for a few of film
catalogues that it has no translation for.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

COUNTRIES: Mapping[str, Promise] = {
    "AR": _("Argentina"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BA": _("Bosnia and Herzegovina"),
    "BE": _("Belgium"),
    "BG": _("Bulgaria"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CL": _("Chile"),
    "CN": _("China"),
    "CO": _("Colombia"),
    "CS": _("Czechoslovakia"),
    "CU": _("Cuba"),
    "CZ": _("Czech Republic"),
    "DD": _("East Germany"),
    "DE": _("Germany"),
    "DK": _("Denmark"),
    "DZ": _("Algeria"),
    "EE": _("Estonia"),
    "EG": _("Egypt"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GE": _("Georgia"),
    "GR": _("Greece"),
    "HK": _("Hong Kong"),
    "HR": _("Croatia"),
    "HU": _("Hungary"),
    "ID": _("Indonesia"),
    "IE": _("Ireland"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IR": _("Iran"),
    "IS": _("Iceland"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "KR": _("South Korea"),
    "LB": _("Lebanon"),
    "LT": _("Lithuania"),
    "LU": _("Luxembourg"),
    "LV": _("Latvia"),
    "MA": _("Morocco"),
    "MK": _("North Macedonia"),
    "MX": _("Mexico"),
    "NG": _("Nigeria"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "NZ": _("New Zealand"),
    "PE": _("Peru"),
    "PH": _("Philippines"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "RS": _("Serbia"),
    "RU": _("Russia"),
    "SE": _("Sweden"),
    "SI": _("Slovenia"),
    "SK": _("Slovakia"),
    "SN": _("Senegal"),
    "SU": _("Soviet Union"),
    "TH": _("Thailand"),
    "TN": _("Tunisia"),
    "TR": _("Turkey"),
    "TW": _("Taiwan"),
    "UA": _("Ukraine"),
    "US": _("United States"),
    "UY": _("Uruguay"),
    "VN": _("Vietnam"),
    "XC": _("Czechoslovakia"),  # of TMDB
    "XG": _("East Germany"),  # of TMDB
    "YU": _("Yugoslavia"),
    "ZA": _("South Africa"),
}

OTHER_LANGUAGES: Mapping[str, Promise] = {
    "cn": _("Cantonese"),  # of TMDB
    "ku": _("Kurdish"),
    "la": _("Latin"),
    "mi": _("Māori"),
    "no": _("Norwegian"),
    "sh": _("Serbo-Croatian"),
    "tl": _("Tagalog"),
    "wo": _("Wolof"),
    "xx": _("No dialogue"),  # of TMDB
    "yi": _("Yiddish"),
    "yue": _("Cantonese"),
    "zh": _("Chinese"),
    "zu": _("Zulu"),
}


def country_name(code: str) -> str:
    """ "US" -> "United States"; the code itself if its name is unknown."""
    code = code.upper()
    return str(COUNTRIES.get(code, code))


def language_name(code: str) -> str:
    """ "fr" -> "French"; the code itself if its name is unknown."""
    code = code.lower()
    if code in OTHER_LANGUAGES:
        return str(OTHER_LANGUAGES[code])
    name = LANG_INFO.get(code, {}).get("name")
    return gettext(name) if name else code


def country_names(codes: str) -> list[str]:
    """Of codes with spaces in between, as `Movie.countries` has them."""
    return [country_name(code) for code in codes.split()]


def language_names(codes: str) -> list[str]:
    """Of codes with spaces in between, as `Movie.languages` has them."""
    return [language_name(code) for code in codes.split()]
