"""The readers of the vectors beside this file are imported by their names."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
