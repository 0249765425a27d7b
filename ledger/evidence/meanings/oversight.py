"""Oversight: alerts, work orders and the answers to them."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "camera": (
        "The camera, as registered.",
        "摄像头，须已登记。",
    ),
    "alert_kind": (
        "What the model saw.",
        "预警类别。",
    ),
    "first_seen_at": (
        "When it was first in the picture.",
        "首次出现时间。",
    ),
    "inspection-alert.confirmed_at": (
        "When enough frames had shown it.",
        "经多帧确认的时间。",
    ),
    "model_sha256": (
        "SHA-256 of the model's file, in hex: the same model sees the same again.",
        "模型文件的 SHA-256（十六进制），同一模型可复现。",
    ),
    "manifest_sha256": (
        "SHA-256 of the model's manifest: classes, input size and thresholds.",
        "模型清单（类别、输入尺寸、阈值）的 SHA-256。",
    ),
    "score_ppm": (
        "How sure the model was, in millionths.",
        "模型置信度（百万分比）。",
    ),
    "threshold_ppm": (
        "From which score on it alerts, in millionths; a raised one becomes a finding.",
        "预警阈值（百万分比）；调高阈值会成为问题线索。",
    ),
    "frames": (
        "How many frames showed it.",
        "确认所用的帧数。",
    ),
    "box_px": (
        "Where in the frame: left, top, width and height in pixels.",
        "画面位置：左、上、宽、高（像素）。",
    ),
    "work_order_no": (
        "The number of the work order.",
        "工单号。",
    ),
    "responsible": (
        "The party that has to put it right.",
        "责任方。",
    ),
    "task_kind": (
        "What has to be done.",
        "整改任务类别。",
    ),
    "due_at": (
        "The deadline.",
        "整改期限。",
    ),
    "required_evidence": (
        "Roles of the files that the answer must bring.",
        "整改须提交的文件角色。",
    ),
    "reviewer_role": (
        "The role of whoever reviews the answer: somebody else.",
        "复核方角色，不得为责任方本身。",
    ),
    "instruction_zh": (
        "What to do, in Chinese, for the people in the kitchen.",
        "整改要求（中文），供现场人员阅读。",
    ),
    "work_order": (
        "The work order that is answered.",
        "所答复的工单。",
    ),
    "measures": (
        "What was done.",
        "整改措施。",
    ),
    "done_by": (
        "Who did it, as a pseudonym.",
        "整改人（假名标识）。",
    ),
}
