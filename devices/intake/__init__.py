"""Certificate intake (证照识别录入): a scan in, a reading with confidences out, a person confirms."""
