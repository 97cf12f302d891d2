"""What a browser calls itself, shortened to what people know: make, version and machine."""

import re

MAKES = (
    ("WeChat", r"MicroMessenger/(\d+)"),
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("360", r"360[A-Z]{2}/(\d+)"),
    ("QQ", r"M?QQBrowser/(\d+)"),
    ("UC", r"UBrowser/(\d+)|UCBrowser/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"Chrome/(\d+)"),
    ("Safari", r"Version/(\d+)\S* .*Safari/"),
)
"""The first that fits is meant: most browsers also name those they descend from."""
MACHINES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
LONGEST = 60


def browser_name(sent: str) -> str:
    """`Chrome 126 (Windows)`; what is not known is shown as it was sent, at most 60 characters."""
    machine = next((name for name in MACHINES if name in sent), None)
    for make, pattern in MAKES:
        found = re.search(pattern, sent)
        if found:
            version = next(filter(None, found.groups()))
            return f"{make} {version} ({machine})" if machine else f"{make} {version}"
    return sent if len(sent) <= LONGEST else sent[: LONGEST - 1] + "…"
