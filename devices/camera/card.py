"""A card in place of a photo that does not exist (无照片说明): it says so, and of which weighing.

A weigh-in must have a photo. Where the camera never gave a frame the weight would be lost, or would
need a picture of another moment; a card that anybody recognises as one is neither.
"""

import numpy as np

from devices.camera.picture import Image, to_jpeg, write

_INK = (40, 40, 40)


def no_photo(scale: str, counter: int, at: str) -> bytes:
    """A JPEG of 640 × 360; different for every weighing, so that it is no photo used twice.

    Args:
        scale: subject of the scale.
        counter: its count of this reading.
        at: when it was weighed.
    """
    image: Image = np.full((360, 640, 3), 235, np.uint8)
    for place, (text, size) in enumerate(
        (
            ("无照片：摄像头未提供画面", 34),
            ("No photo: the camera gave no picture", 26),
            (scale, 20),
            (f"counter {counter}", 20),
            (at, 20),
        )
    ):
        write(image, text, (40, 80 + 56 * place), size, _INK)
    return to_jpeg(image)
