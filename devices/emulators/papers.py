"""Drawn certificates (模拟证照): to try the intake without anybody's real paper.

Parties and numbers are made up; check digits hold. Drawn with the font that OpenCV brings, so that no
machine needs a Chinese one installed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np

from devices.camera.picture import Image, write

_INK: Final = (30, 30, 30)

BUSINESS_PERMIT: Final = (
    "食品经营许可证",
    (
        ("经营者名称", "本溪示范粮油有限公司"),
        ("社会信用代码", "91210500MA0UTC1A0P"),
        ("经营场所", "本溪市平山区示范路1号"),
        ("许可证编号", "JY12105020012349"),
        ("发证机关", "本溪市平山区市场监督管理局"),
        ("签发日期", "2024年03月12日"),
        ("有效期至", "2029年03月11日"),
    ),
)
LICENCE: Final = (
    "营业执照",
    (
        ("统一社会信用代码", "91210500MA0UTC1A0P"),
        ("名称", "本溪示范粮油有限公司"),
        ("类型", "有限责任公司"),
        ("成立日期", "2015年06月01日"),
        ("营业期限", "2015年06月01日至长期"),
        ("登记机关", "本溪市市场监督管理局"),
        ("核准日期", "2023年05月08日"),
    ),
)
HEALTH: Final = (
    "健康证",
    (
        ("姓名", "张三"),
        ("证号", "JK210520260038"),
        ("体检日期", "2026-08-12"),
        ("发证日期", "2026-08-15"),
        ("有效期至", "2027-08-14"),
        ("发证单位", "本溪市疾病预防控制中心"),
    ),
)


def page(
    title: str, rows: Sequence[tuple[str, str]], changes: Mapping[str, str] | None = None
) -> Image:
    """A page of 1000 × 1400: title, and rows of label and value."""
    image: Image = np.full((1400, 1000, 3), (235, 245, 250), np.uint8)
    cv2.rectangle(image, (30, 30), (970, 1370), (60, 90, 160), 6)
    write(image, title, (500 - 32 * len(title), 180), 64, (40, 40, 150))
    for place, (label, value) in enumerate(rows):
        shown = (changes or {}).get(label, value)
        write(image, f"{label}：{shown}", (110, 340 + 120 * place), 36, _INK)
    return image


def photographed(image: Image, *, degrees: float, scale: float, blur: int, noise: float) -> Image:
    """The page as a phone would take it: turned, smaller, soft and grainy."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    size = (int(width * scale), int(height * scale))
    turn[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    turned = cv2.warpAffine(image, turn, size, borderValue=(90, 90, 90))
    soft = cv2.GaussianBlur(turned, (blur, blur), 0) if blur else turned
    grain: Image = np.empty(soft.shape, np.int16)
    cv2.setRNGSeed(7)
    cv2.randn(grain, 0, noise)
    return cv2.add(soft, grain, dtype=cv2.CV_8U)
