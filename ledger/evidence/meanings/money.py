"""Money: paid meals in, settlements out, and the account's statement."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "settlement_no": (
        "The bureau's number of the settlement.",
        "结算单号，由教育局编制。",
    ),
    "payer_account": (
        "The dedicated account that pays, as the random value that stands for it.",
        "付款专户的随机标识。",
    ),
    "payee_account": (
        "The supplier's account that is paid; held against its registration.",
        "收款账号，与供应商登记核对。",
    ),
    "settlement.lines.acceptance": (
        "Id of the acceptance that took these goods in.",
        "该行货物的验收记录编号。",
    ),
    "gross_fen": (
        "Sum of the lines in fen.",
        "各行合计金额（分）。",
    ),
    "deductions": (
        "What is not paid, each resting on a record.",
        "扣款项，每项须有依据记录。",
    ),
    "deductions.record": (
        "Id of the record the deduction rests on, a rejection for instance.",
        "扣款依据的记录编号，如拒收单。",
    ),
    "deductions.reason_code": (
        "Why it is deducted.",
        "扣款原因。",
    ),
    "deductions.amount_fen": (
        "How much is deducted, in fen.",
        "扣款金额（分）。",
    ),
    "net_fen": (
        "What is paid, in fen: gross less deductions.",
        "实付金额（分）＝总额－扣款。",
    ),
    "invoices": (
        "The supplier's invoices for it.",
        "对应的供应商发票。",
    ),
    "invoice_no": (
        "The invoice's number.",
        "发票号码。",
    ),
    "invoices.amount_fen": (
        "The invoice's amount in fen, tax included.",
        "发票金额（分，含税）。",
    ),
    "tax_fen": (
        "Tax in fen, contained in the amount.",
        "税额（分），已含在金额内。",
    ),
    "purpose": (
        "What the money is for; the account is for meals alone.",
        "资金用途，专款专用。",
    ),
    "prepared_by": (
        "Who prepared it, as a pseudonym.",
        "制单人（假名标识）。",
    ),
    "approved_by": (
        "Who approved it, as a pseudonym; somebody else.",
        "审批人（假名标识），不得与制单人相同。",
    ),
    "batch_no": (
        "The bank's number of the day's batch.",
        "批次号，由银行编制。",
    ),
    "business_on": (
        "The bank's business day.",
        "银行营业日。",
    ),
    "channel": (
        "By which way parents paid.",
        "缴费渠道。",
    ),
    "payments": (
        "How many payments the batch sums up.",
        "缴费笔数。",
    ),
    "meal-payment.amount_fen": (
        "What came in, in fen, before refunds and fees.",
        "缴费总额（分），未减退款和手续费。",
    ),
    "refunds_fen": (
        "What was paid back, in fen.",
        "退款金额（分）。",
    ),
    "fees_fen": (
        "The channel's fees in fen.",
        "渠道手续费（分）。",
    ),
    "lines_root": (
        "RFC 6962 root, in hex; a leaf is a line of the file lines, which stays off the log.",
        "RFC 6962 根哈希（十六进制），以文件 lines 的每一行（不含换行）为叶；明细不上链。",
    ),
    "meals_from": (
        "First day of the meals paid for.",
        "所缴餐费的起始日。",
    ),
    "meals_until": (
        "Last day of the meals paid for, included.",
        "所缴餐费的截止日（含当日）。",
    ),
    "entry_no": (
        "The line's running number in the account's statement.",
        "流水序号。",
    ),
    "bank_reference": (
        "The bank's reference of the transaction.",
        "银行交易流水号。",
    ),
    "booked_on": (
        "Day of booking.",
        "记账日期。",
    ),
    "account-entry.direction": (
        "credit where money comes in, debit where it goes out.",
        "收支方向：credit 收入、debit 支出。",
    ),
    "account-entry.amount_fen": (
        "Amount booked, in fen, never negative.",
        "记账金额（分），不为负数。",
    ),
    "balance_after_fen": (
        "Balance after this line, in fen; it must chain with its neighbours.",
        "本笔之后的余额（分），须与前后流水首尾相接。",
    ),
    "counterparty_name": (
        "Who pays or is paid.",
        "对方户名。",
    ),
    "counterparty_account": (
        "The other side's account.",
        "对方账号。",
    ),
    "remittance_text": (
        "The text that came with the transfer.",
        "附言。",
    ),
    "account-entry.source": (
        "bank-api: the bank posts it itself; statement-file: read off a file, also by the bureau.",
        "来源：bank-api 由银行直接提交；statement-file 由对账单文件导入，教育局亦可提交。",
    ),
}
