"""The font that comes with the product, for what cannot rely on a browser's: PDFs and graphs.

DejaVu Sans has the letters of most alphabets. Its licence stands beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

SANS: Final = Path(__file__).with_name("fonts") / "DejaVuSans.ttf"
