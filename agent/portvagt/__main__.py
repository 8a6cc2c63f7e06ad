"""`python -m portvagt`."""

import sys

from portvagt.cli import main

sys.exit(main(sys.argv[1:]))
