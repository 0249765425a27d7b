"""A camera over the scale (拍照称重): capture, checks of the photo, the display read from it.

OpenCV reads how large a picture it may unpack when it is first imported, and no module here imports it
before this one: fifty kilobytes of PNG would else become gigabytes before anybody could ask its size.
"""

import os
from typing import Final

MOST_PIXELS: Final = 64_000_000
"""Of a picture; more than phones and scanners make of a page."""

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
