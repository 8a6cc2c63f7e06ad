"""Runs on either runtime: the reporter, which looks at its certificate's files twice a second and connects at once."""

import sys

from portvagt.cli import main
from portvagt.report import publisher

publisher.LOOK_S = 0.5
publisher.RENEW_S = 0.5
sys.exit(main(sys.argv[1:]))
