"""What went wrong, for whoever runs a command: a sentence in their language, and the exit code."""

import re
from collections.abc import Mapping
from typing import Final

from devices.client import ProblemError, UnsafeKeyError
from devices.gateway.cli import exits
from devices.gateway.drivers import EXTRA
from devices.gateway.language import tr
from ledger.errors import (
    ConflictError,
    LedgerError,
    MalformedError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)

_KINDS_ZH: Final[Mapping[type[LedgerError], str]] = {
    ProblemError: "服务拒绝",
    UnsafeKeyError: "密钥文件不安全",
    MalformedError: "输入无法读取",
    VerificationError: "校验未通过",
    NotFoundError: "没有找到",
    ConflictError: "与现有状态冲突",
    UnavailableError: "暂不可用",
}

_ZH: Final = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (r"no file (.+)", "没有文件 {0}"),
        (r"no token file (.+)", "没有令牌文件 {0}"),
        (r"no policy file (.+)", "没有策略文件 {0}"),
        (r"no gateway has run in (.+) yet", "{0} 中还没有网关运行过"),
        (r"no record (\S+) is parked", "没有待处理的记录 {0}"),
        (r"the outbox keeps no receipt of (\S+)", "发件箱没有 {0} 的回执"),
        (r"name one record, or give --all", "请给出一个记录 id，或使用 --all"),
        (r"another process sends from (.+) already: does the gateway run\?", "已有另一进程从 {0} 发送：网关已在运行"),
        (r"(\S+) is of version (\d+); this program knows (\d+)", "{0} 的版本为 {1}，由更新的程序写成；本程序只认识 {2}，请升级"),
        (r"the outbox was opened for another log; take another folder", "该发件箱属于另一账本；请换一个目录"),
        (r"the outbox (\S+) cannot be used: (.+)", "发件箱 {0} 无法使用：{1}"),
        (r"the outbox is full: (\d+) of (\d+) bytes wait to be sent", "发件箱已满：{0} / {1} 字节待发送"),
        (r"the status page cannot listen on (\S+): (.+)", "状态页无法监听 {0}：{1}"),
        (r"(\S+): \[Errno 2\] could not open port .*", "{0}：没有该串口"),
        (r"(\S+): \[Errno 13\] could not open port .*", "{0}：无权打开该串口（将用户加入 dialout 组）"),
        (r"(\S+): \[Errno (?:11|16)\] [Cc]ould not (?:open|exclusively lock) port .*", "{0}：该串口正被其他程序使用"),
        (r"(.+) needs (\S+): pip install 'mealtrace\[devices\]'", "{0} 需要 {1}：pip install 'mealtrace[devices]'"),
        (r"the log is not known yet and the service does not answer; run `mealtrace-gateway enrol` once where there is a network: (.+)", "尚不知道账本，服务也没有响应；请在有网络处执行一次 `mealtrace-gateway enrol`：{0}"),
        (r"key file (\S+) has rights (\d+): only its owner may have any", "密钥文件 {0} 的权限为 {1}：只有所有者可以拥有权限"),
        (r"(.+): (\S+) is missing", "{0}：缺少 {1}"),
        (r"(.+): (\S+) is empty", "{0}：{1} 为空"),
        (r"the picture is larger than 64 megapixels", "图片超过 6400 万像素"),
        (r"the file is no JPEG, PNG or WebP picture", "文件不是 JPEG、PNG 或 WebP 图片"),
        (r"neither JPEG, PNG, WebP nor PDF", "文件不是 JPEG、PNG、WebP 或 PDF"),
        (r"no manifest (.+): (.+)", "没有清单文件 {0}：{1}"),
        (r"no model (.+): (.+)", "没有模型文件 {0}：{1}"),
        (r"the manifest is no TOML: (.+)", "清单不是有效的 TOML：{0}"),
        (r"a manifest has the tables model, input and output", "清单须有 model、input、output 三个表"),
        (r"a manifest has labels, and one with an alert at least", "清单须有标签，且至少一个带 alert"),
        (r"(\S+) has SHA-256 (\S+); its manifest says (\S+)", "{0} 的 SHA-256 为 {1}，清单写的是 {2}"),
        (r"(\S+) is larger than (\d+) MiB", "{0} 大于 {1} MiB"),
        (r"(\S+) keeps weights in other files, which no hash covers: save it as one file", "{0} 的权重存于其他文件，不受哈希保护：请保存为单个文件"),
        (r"(\S+) is no ONNX model, or was cut short: (.+)", "{0} 不是 ONNX 模型，或文件不完整：{1}"),
        (r"a detector has one input, this model has (\d+)", "检测模型应有一个输入，此模型有 {0} 个"),
        (r"the model's input is (.+); the manifest makes (.+)", "模型输入为 {0}，按清单为 {1}"),
        (r"the model's input is (.+), not (.+)", "模型输入类型为 {0}，应为 {1}"),
        (r"the output has (\d+) numbers for each box; (\d+) labels make (\d+)", "输出每框 {0} 个数，{1} 个标签应为 {2} 个"),
        (r"a YOLO export has one output, this model has (\d+)", "YOLO 模型应有一个输出，此模型有 {0} 个"),
        (r"the model has no output (.+)", "模型没有输出 {0}"),
        (r"the model failed: (.+)", "模型运行失败：{0}"),
        (r"(.+): (\S+) is unknown; is it (\S+)\?", "{0}：未知的键 {1}；是否应为 {2}？"),
        (r"(.+): (\S+) is unknown; known here: (.*)", "{0}：未知的键 {1}；此处可用：{2}"),
        (r"(.+): (\S+) is not loopback; open_to_others = true lets others look", "{0}：{1} 不是本机回环地址；如要对外开放，请写 open_to_others = true"),
        (r"(.+): (\S+) is not (.+)", "{0}：{1} 的值不对，应为 {2}"),
        (r"(.+): (\S+) is (\S+); it is (.+)", "{0}：{1} 为 {2}，应为 {3}"),
        (r"the service's policy is not the one you trust: expected (\S+), found (\S+)", "服务的策略不是您信任的那一份：应为 {0}，实为 {1}"),
        (r"given up after (\d+) attempts?: (.+)", "尝试 {0} 次后放弃：{1}"),
    )
)  # fmt: skip


def of(error: Exception) -> tuple[int, str]:
    """Exit code and sentence."""
    if isinstance(error, LedgerError):
        code = exits.USAGE if isinstance(error, MalformedError) else exits.FAILED
        return code, tr(str(error), _in_chinese(error))
    if isinstance(error, ModuleNotFoundError):
        name = str(error.name)
        if name.partition(".")[0] in EXTRA:
            told = f"{name} 未安装：pip install 'mealtrace[devices]'"
            return exits.FAILED, tr(f"{name} is missing: pip install 'mealtrace[devices]'", told)
        return exits.FAILED, tr(f"this build has no {name}", f"此版本没有 {name}")
    if isinstance(error, OSError):
        reason = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return exits.USAGE, tr(reason, f"文件或系统调用失败：{reason}")
    return exits.FAILED, tr(
        f"internal error: {type(error).__name__}: {error}; "
        "MEALTRACE_TRACE=1 shows where, please report it",
        f"内部错误：{type(error).__name__}: {error}；设置 MEALTRACE_TRACE=1 可查看位置，请反馈",
    )


def usage_in_chinese(error: Exception) -> str | None:
    """What is wrong with the arguments; None where the help itself is what is shown."""
    told = error.format_message() if hasattr(error, "format_message") else ""
    patterns = (
        (r"Missing (?:argument|option|parameter):? '?([^']+)'?\..*", "缺少参数 {0}"),
        (r"No such option: (\S+)(?: .*)?", "没有选项 {0}"),
        (r"No such command '(.+?)'\..*", "没有命令 {0}"),
        (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多余的参数：{0}"),
        (r"Invalid value for '?(.+?)'?: (.+)", "{0} 的值无效：{1}"),
    )
    for pattern, text in patterns:
        match = re.fullmatch(pattern, told, re.DOTALL)
        if match:
            return f"{text.format(*match.groups())}。用法请见 --help"
    return None


_OF_THE_SERVICE_ZH: Final = {
    "the enrolment code is unknown, used or expired": "一次性代码不存在、已使用或已过期",
}
"""What the service says to a gateway alone, more closely than its Chinese message for the code."""


def _in_chinese(error: LedgerError) -> str:
    if isinstance(error, ProblemError) and error.detail in _OF_THE_SERVICE_ZH:
        return f"{error.status} {error.code}：{_OF_THE_SERVICE_ZH[error.detail]}"
    if isinstance(error, RefusedError | ProblemError) and error.faults:
        return f"{error.code}：" + "；".join(fault.message_zh for fault in error.faults)
    text = str(error)
    for pattern, told in _ZH:
        match = pattern.fullmatch(text)
        if match:
            return told.format(*match.groups())
    kind = next((told for cls, told in _KINDS_ZH.items() if isinstance(error, cls)), "出错")
    return f"{kind}：{text}"
