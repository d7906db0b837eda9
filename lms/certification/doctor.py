"""What ``lms doctor`` says of certificates: where their QR codes lead, and whether the font is whole."""

from __future__ import annotations

import hashlib

from lms.certification.fonts import FONT, SHA256
from lms.certification.rendering import verify_url
from lms.config import Settings
from lms.kernel.hookspecs import DoctorCheck


def examine(config: Settings) -> list[DoctorCheck]:
    """Two lines. A missing address is no fault of the installation, so it only says what to do."""
    address = verify_url("").removesuffix("/verify/")
    detail = f"二维码指向 {address}"
    if not config.public_url:
        detail += "，手机扫不开：请设 LMS_PUBLIC_URL 为大家访问的网址，再重新生成 PDF"
    whole = FONT.is_file() and hashlib.sha256(FONT.read_bytes()).hexdigest() == SHA256
    return [
        DoctorCheck("证书查验地址", True, detail),
        DoctorCheck("证书字体", whole, "完整" if whole else f"{FONT} 缺失或已损坏：请重新安装"),
    ]
