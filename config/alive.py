"""Does the web server in this container answer? Exit code 0 says yes.

`python -m config.alive`
"""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen


def main() -> int:
    # Django answers to the names in ALLOWED_HOSTS only, and 127.0.0.1 is none of them.
    host = urlsplit(os.environ.get("SITE_URL", "")).hostname or "127.0.0.1"
    request = Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
    try:
        with urlopen(request, timeout=5) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except (URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
