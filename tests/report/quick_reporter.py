"""Runs on either runtime: the reporter, which looks at files and receipts twice a second, and tries again at once."""

import sys

from portvagt.cli import main
from portvagt.report import flight, publisher

publisher.LOOK_S = 0.5
publisher.RENEW_S = 0.5
publisher.REFUSED_FIRST_S = 0.5
flight.RECEIPT_S = 1
flight.AGAIN_S = 2
sys.exit(main(sys.argv[1:]))
