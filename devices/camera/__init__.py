"""A camera over the scale (拍照称重): capture, checks of the photo, the display read from it."""
