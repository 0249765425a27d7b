"""Fields that many types have: the parties, the lines of a document, times, photos."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "source_ref": (
        "Your own number of the document, at most 128 characters; you find the record by it.",
        "提交方自己的单号，最多 128 字符，可据此检索本记录。",
    ),
    "ext": (
        "Whatever else is your own, at most 8 KiB of JSON; stored, never interpreted.",
        "提交方自定义内容，最多 8 KiB 的 JSON；只保存，不解释。",
    ),
    "accountable": (
        "The one person who answers for it, as a pseudonym; only a machine may leave it out.",
        "本记录的责任人（假名标识），每条记录仅一人；仅设备或规则引擎提交时可省略。",
    ),
    "school": (
        "The school, by its ten-digit code.",
        "学校，以十位学校代码表示。",
    ),
    "canteen": (
        "The canteen: the school's code and the canteen's two-digit number.",
        "食堂：学校代码加两位食堂序号。",
    ),
    "supplier": (
        "The supplier, by its credit code; a sole trader by its random value.",
        "供应商，以统一社会信用代码表示；个体工商户用随机值。",
    ),
    "order": (
        "The order this belongs to: the school's code and the order's number.",
        "所属订单：学校代码加订单号。",
    ),
    "order_line_no": (
        "The line of the order that this is about.",
        "对应的订单行号。",
    ),
    "account": (
        "The dedicated account, as the random value that stands for it; never its real number.",
        "专户的随机标识；不得填写真实账号。",
    ),
    "scale": (
        "The scale, as registered.",
        "电子秤，须已登记。",
    ),
    "staff": (
        "The member of staff, as a pseudonym.",
        "从业人员（假名标识）。",
    ),
    "person": (
        "Who confirms, as a pseudonym.",
        "确认人（假名标识）。",
    ),
    "lines": (
        "The document's lines; one with more than 500 is split.",
        "单据明细行；超过 500 行须拆分单据。",
    ),
    "line_no": (
        "The line's number, different from every other in the document.",
        "行号，同一单据内不得重复。",
    ),
    "item_code": (
        "The item's code in the catalogue that school and supplier share.",
        "物料编码，供需双方使用同一编码。",
    ),
    "item_name": (
        "The item's name, with its specification.",
        "物料名称，含规格。",
    ),
    "lot_no": (
        "The lot or production batch, by which goods are followed and recalled.",
        "批次号（生产批次），用于追溯和召回。",
    ),
    "quantity": (
        "How much, as an integer in `unit`.",
        "数量，以 `unit` 为单位的整数。",
    ),
    "unit": (
        "What quantities are counted in: grams, millilitres, pieces or boxes.",
        "计量单位：克、毫升、件、箱。",
    ),
    "line_prices": (
        "What each line costs, kept apart from the goods so that these can be shown alone.",
        "各行价格，与货物明细分开，便于只披露货物。",
    ),
    "line_prices.line_no": (
        "The line whose price this is; each line has one.",
        "所计价的行号，每行一个价格。",
    ),
    "unit_price_fen": (
        "Price in fen per `price_unit`, a decimal number as text.",
        "单价（分），每 `price_unit`，以十进制字符串填写。",
    ),
    "price_unit": (
        "What the price is for: a kilogram, litre, piece or box, as the line's unit demands.",
        "计价单位：千克、升、件、箱，须与该行计量单位相应。",
    ),
    "amount_fen": (
        "Amount in fen.",
        "金额（分）。",
    ),
    "line_prices.amount_fen": (
        "Quantity × price in fen, half a fen rounded up.",
        "该行金额（分）＝数量×单价，四舍五入到分。",
    ),
    "photo_taken_at": (
        "When the camera took the photo.",
        "照片拍摄时间。",
    ),
    "photo_phash": (
        "Perceptual hash of the photo in hex, always by one method; a 64-bit pHash for instance.",
        "照片感知哈希（十六进制），算法须始终一致，如 64 位 pHash；用于发现改动后重复使用的照片。",
    ),
    "severity": (
        "How grave it is: minor 一般, major 较大 or critical 重大.",
        "严重程度：minor 一般、major 较大、critical 重大。",
    ),
    "reason": (
        "Why, in a few words; no personal data.",
        "原因简述；不得含个人信息。",
    ),
    "confirmed_at": (
        "When it was confirmed.",
        "确认时间。",
    ),
    "valid_until": (
        "Last day of validity.",
        "有效期截止日（含当日）。",
    ),
    "issued_on": (
        "Day of issue.",
        "签发日期。",
    ),
    "issuing_authority": (
        "Who issued it, as printed on it.",
        "发证机关，按证面填写。",
    ),
    "certificate_no": (
        "The number printed on the certificate.",
        "证书编号，按证面填写。",
    ),
    "read_by": (
        "Whether a machine or a person read the scan: ocr or manual.",
        "识读方式：ocr 自动识别，manual 人工录入。",
    ),
    "ocr_score_ppm": (
        "How sure the reader was, in millionths.",
        "识别置信度（百万分比）。",
    ),
    "confirmed_by": (
        "Who held the reading against the scan, as a pseudonym.",
        "核对识读结果的人（假名标识）。",
    ),
    "period_from": (
        "First day of the period.",
        "期间首日。",
    ),
    "period_until": (
        "Last day of the period, included.",
        "期间末日（含当日）。",
    ),
    "meal": (
        "Which meal of the day.",
        "餐次。",
    ),
    "meal_on": (
        "The day of the meal.",
        "用餐日期。",
    ),
    "dish_code": (
        "The dish's code, as in the menu.",
        "菜品编码，与食谱一致。",
    ),
    "dish_name": (
        "The dish's name.",
        "菜品名称。",
    ),
    "temperature_mC": (
        "Temperature measured, in thousandths of a degree Celsius.",
        "实测温度（千分之一摄氏度）。",
    ),
}
