"""`image MACHINE…`: build the images of QEMU routers, and say what they weigh."""

import argparse
import time

from portvagt_sim.router import image
from portvagt_sim.router.machines import MACHINES

KIB = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("machines", nargs="+", choices=list(MACHINES), metavar="MACHINE", help=", ".join(MACHINES))
    parser.add_argument("--refresh", action="store_true", help="of today's packages, not of those fetched before")


def run(args: argparse.Namespace) -> int:
    """Build them one after the other."""
    for name in args.machines:
        if args.refresh:
            image.refresh(name)
        started = time.monotonic()
        built = image.build(name, _say)
        _print(built, time.monotonic() - started)
    return 0


def _say(text: str) -> None:
    print(f"image: {text} …", flush=True)


def _print(built: image.Image, seconds: float) -> None:
    packages = (built.initrd.parent / image.PACKAGES).read_text().splitlines()
    print(f"{built.machine.name}: of {len(packages)} packages of Debian and ours, {seconds:.1f} s")
    for path in (built.kernel, built.initrd):
        print(f"  {path.relative_to(image.PROJECT)}  {path.stat().st_size / KIB:,.0f} KiB")
