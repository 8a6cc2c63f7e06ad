"""Pictures of the abuse desk: python -m tests.browsers.desk_screens [DIRECTORY]; else those in docs/screens.

With PYTHONPATH=agent:simulator:. in the project's directory.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from tests.browsers.chromium import browser
from tests.browsers.test_desk import log_in, running, visitor

COLOURS = 96  # of the palette: plots have more than text
# name: address, size, scheme, height of the part that is shown
SHOWN = {
    "desk-overview": ("/", "desk", "light", 900),
    "desk-case": ("/case/{told}", "desk", "light", 900),
    "desk-router-dark": ("/router/{busy}", "phone", "dark", 800),
}


def picture(page, height):
    """The upper part of a page as bytes of a PNG with a small palette."""
    width = page.viewport_size["width"]
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    shot = shot.crop((0, 0, width, min(height, shot.height)))
    if width > 1000:
        shot = shot.resize((width * 2 // 3, shot.height * 2 // 3), Image.Resampling.LANCZOS)
    reduced = io.BytesIO()
    shot.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(reduced, "PNG", optimize=True)
    return reduced.getvalue()


def main(directory):
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as desk, browser() as chromium:
        for file, (address, size, scheme, height) in SHOWN.items():
            with visitor(chromium, desk, size, scheme) as page:
                log_in(page)
                page.goto(address.format(told=desk.told(), busy=desk.busy()))
                Path(directory, f"{file}.png").write_bytes(picture(page, height))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs/screens")
