"""A person's mail program: sends through the ISP's relay, with STARTTLS, certificate check and password.

Runs as a program on a device and prints one line of JSON.
"""

import argparse
import json
import smtplib
import ssl
import time

from portvagt_sim.addresses import RELAY_NAME, RELAY_PORT
from portvagt_sim.isp.relay import PASSWORD, USER

SECONDS = 5.0
MAX_COUNT = 1000
RECIPIENT = "grandmother@example.net"
MESSAGE = f"From: {USER}\r\nTo: {RECIPIENT}\r\nSubject: Photos\r\n\r\nHere they are.\r\n"


def send(authority: str, password: str) -> None:
    """Send one mail, on one connection. Raises OSError (of which smtplib's errors are)."""
    with smtplib.SMTP(RELAY_NAME, RELAY_PORT, local_hostname="phone.example", timeout=SECONDS) as client:
        client.starttls(context=ssl.create_default_context(cafile=authority))
        client.login(USER, password)
        client.sendmail(USER, [RECIPIENT], MESSAGE)


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Simulated mail user.")
    parser.add_argument("--count", type=int, default=1, choices=range(1, MAX_COUNT + 1), metavar="N")
    parser.add_argument("--authority", required=True, help="PEM file of the authority that the relay's certificate has")
    parser.add_argument("--password", default=PASSWORD)
    args = parser.parse_args()
    errors = []
    first_at = time.monotonic()
    for _ in range(args.count):
        try:
            send(args.authority, args.password)
        except OSError as error:
            errors.append(f"{type(error).__name__}: {error}")
    print(
        json.dumps(
            {
                "attempted": args.count,
                "sent": args.count - len(errors),
                "errors": errors,
                "first_at": first_at,
                "last_at": time.monotonic(),
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
