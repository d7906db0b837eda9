"""The font that certificates are set in, with its licence and the script that made it."""

from __future__ import annotations

from pathlib import Path

FONT = Path(__file__).with_name("KefuSans-Regular.ttf")
NAME = "KefuSans"
SHA256 = "bf598c50af9bc0061b3dfa967045983c062eeb009db2d03d55c473dd19ead92a"
