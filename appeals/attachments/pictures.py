"""Pictures made anew: the way up, without what the camera wrote into them, and small ones for a page.

What is kept is drawn from the points of the picture alone, so that neither a place (GPS) nor anything hidden behind the
picture comes along.
"""

import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from appeals.attachments.model import JPEG, PNG, WEBP, Refusal, Refused

MOST_POINTS: Final = 120_000_000  # of a photo, which is opened at a fraction of its size
MOST_OPENED: Final = 40_000_000  # points in memory
LONGEST_SIDE: Final = 2560  # points: an A4 sheet at 220 a inch
SMALL: Final = 480  # the longest side of what a page shows
QUALITY: Final = 85
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_AT_ONCE = threading.BoundedSemaphore(2)  # each may take some hundred megabytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made anew."""

    path: Path
    small: Path  # always a JPEG
    width: int
    height: int


def remade(source: Path, media_type: str, folder: Path) -> Picture:
    """The picture and its small one, as files in `folder`. Refused: unreadable, too large, moving."""
    with _AT_ONCE:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for all: half a picture would be kept
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # `MOST_POINTS` is narrower
                return _remade(source, media_type, folder)
        except (
            UnidentifiedImageError,
            Image.DecompressionBombError,
            SyntaxError,
            ValueError,
            OSError,
            EOFError,
        ) as error:
            if isinstance(error, Refused):
                raise
            bomb = isinstance(error, Image.DecompressionBombError)
            raise Refused(Refusal.TOO_MANY_POINTS if bomb else Refusal.BROKEN) from error


def _remade(source: Path, media_type: str, folder: Path) -> Picture:
    with Image.open(source, formats=[_FORMATS[media_type]]) as opened:
        if getattr(opened, "n_frames", 1) > 1:
            raise Refused(Refusal.MOVING)
        if opened.width * opened.height > MOST_POINTS:
            raise Refused(Refusal.TOO_MANY_POINTS)
        if media_type == JPEG:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # opened at a half, a quarter, an eighth
        if opened.width * opened.height > MOST_OPENED:
            raise Refused(Refusal.TOO_MANY_POINTS)
        upright = ImageOps.exif_transpose(opened)
        picture = _plain(upright, media_type)
    if max(picture.size) > LONGEST_SIDE:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    whole, small = folder / "whole", folder / "small"
    _write(picture, whole, media_type)
    size = picture.size
    picture.thumbnail((SMALL, SMALL), Image.Resampling.HAMMING, reducing_gap=2.0)  # a third of Lanczos's time
    _write(_on_white(picture), small, JPEG)
    return Picture(whole, small, *size)


def _plain(upright: Image.Image, media_type: str) -> Image.Image:
    """Nothing but points, in the colours of every screen."""
    see_through = media_type != JPEG and (upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info)
    mode = "RGBA" if see_through else "RGB"
    plain = Image.new(mode, upright.size)
    plain.paste(upright if upright.mode == mode else upright.convert(mode))
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _write(picture: Image.Image, path: Path, media_type: str) -> None:
    match media_type:
        case "image/png":
            picture.save(path, "PNG", compress_level=6)
        case "image/webp":
            picture.save(path, "WEBP", quality=QUALITY, method=3)
        case _:
            picture.save(path, "JPEG", quality=QUALITY, optimize=False, progressive=False)
