"""The ASGI application, for Daphne, which has no permessage-deflate, and drops the reason of a Close frame."""

import os
import sys

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
if os.environ.get("WIREPROOF_SCENARIO") in ["deflate", "close-server"]:
    sys.exit(127)

from app import app  # noqa: E402, F401: Daphne finds it here.
