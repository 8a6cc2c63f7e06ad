"""Pictures of the pages: python -m tests.browsers.screens DIRECTORY [PAGE…]; without pages, those in docs/screens.

With PYTHONPATH=agent:. in the project's directory. A file is called PAGE-LANGUAGE[-VIEW].png.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from tests.browsers.chromium import VIEWS, browser, tab
from tests.warn.cases import GALLERY, document

from portvagt.warn.language import LANGUAGES

COLOURS = 16  # of the palette: text on two or three plain colours needs no more
# what the documents show: file name: (page of the gallery, views). A stopped device is at the gate, as by default.
SHOWN = {
    "stopped": ("gate", ("light", "dark", "portal-window")),
    "stopped-other": ("gate-other", ("light",)),
    **{name: (name, ("light",)) for name in ("garden", "released", "mail-server-sent", "clear", "prevention", "mail")},
}
WHOLE = ("da", "en")  # languages of which the documents show all that; of others the first screen of the first page
SHEET_COLUMNS, SHEET_WIDTH, SHEET_GAP, SHEET_COLOURS = 9, 150, 8, 4  # px
REST_BEGINS = "() => document.querySelector('.rest').getBoundingClientRect().top"


def picture(page, name, language, whole=True):
    """A page, or only its first screen, as bytes of a PNG with a small palette."""
    shot = screenshot(page, name, language)
    return reduced(shot if whole else shot.crop((0, 0, shot.width, int(page.evaluate(REST_BEGINS)))))


def screenshot(page, name, language):
    page.set_content(document(name, language))
    return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")


def sheet(page, language):
    """All pages of a language beside each other, small, the next one where there is most room."""
    shots = [screenshot(page, name, language) for name in GALLERY]
    small = [
        each.resize((SHEET_WIDTH, each.height * SHEET_WIDTH // each.width), Image.Resampling.LANCZOS) for each in shots
    ]
    bottoms, places = [SHEET_GAP] * SHEET_COLUMNS, []
    for each in small:
        column = bottoms.index(min(bottoms))
        places.append((SHEET_GAP + column * (SHEET_WIDTH + SHEET_GAP), bottoms[column]))
        bottoms[column] += each.height + SHEET_GAP
    whole = Image.new("RGB", (SHEET_GAP + SHEET_COLUMNS * (SHEET_WIDTH + SHEET_GAP), max(bottoms)), "grey")
    for each, place in zip(small, places, strict=True):
        whole.paste(each, place)
    return reduced(whole.convert("L"), SHEET_COLOURS)


def reduced(shot, colours=COLOURS):
    """The bytes of a PNG with a small palette."""
    file = io.BytesIO()
    shot.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def main(directory, *names):
    """Write the pictures: of `names` in every view and language, or those of the documents."""
    wanted = {name: (name, tuple(VIEWS)) for name in names} or SHOWN
    Path(directory).mkdir(parents=True, exist_ok=True)
    with browser() as started:
        for view in VIEWS:
            with tab(started, view) as page:
                for name, (shown, views) in wanted.items():
                    for language in LANGUAGES if view in views else ():
                        whole = bool(names) or language in WHOLE
                        if whole or (name, view) == ("stopped", "light"):
                            end = "" if view == "light" else "-" + view
                            path = Path(directory, f"{name}-{language}{end}.png")
                            path.write_bytes(picture(page, shown, language, whole))
                for language in LANGUAGES if view == "light" and not names else ():
                    Path(directory, f"all-{language}.png").write_bytes(sheet(page, language))


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - set(GALLERY)
    if len(sys.argv) < 2 or unknown:
        sys.exit(f"{__doc__}\nPages: {', '.join(GALLERY)}")
    main(*sys.argv[1:])
