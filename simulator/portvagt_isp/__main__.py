"""`python -m portvagt_isp`, as `portvagt-isp`."""

import sys

from portvagt_isp.cli import main

sys.exit(main())
