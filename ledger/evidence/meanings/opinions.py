"""What the fields of companion meals and surveys mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "companion-meal.companion": (
        "Who ate along, an adult's pseudonym.",
        "陪餐人员假名，须为成年人。",
    ),
    "companion-meal.companion_duty": ("In what capacity.", "陪餐人员身份。"),
    "companion-meal.ate_at": (
        "When the companion ate, at the latest when the record says it happened.",
        "陪餐时间，不晚于记录所称发生时间。",
    ),
    "companion-meal.dishes": ("What the companion ate, each dish once.", "所食菜品，每道一项。"),
    "companion-meal.dishes.taste": ("How it tasted.", "口味。"),
    "companion-meal.dishes.appearance": ("How it looked.", "感官外观。"),
    "companion-meal.dishes.warmth": ("Whether it was as warm as it should be.", "温度是否适宜。"),
    "companion-meal.hygiene": (
        "How clean hall, dishes and servers were.",
        "环境、餐具和人员卫生状况。",
    ),
    "companion-meal.result": (
        "Whether the meal was fit to be served.",
        "该餐是否合格。",
    ),
    "companion-meal.findings": (
        "What was wrong, in codes; a fail names at least one.",
        "发现的问题（代码）；不合格至少一项。",
    ),
    "companion-meal.action": (
        "What was done about it; required where something was found.",
        "处理措施；有问题时必填。",
    ),
    "satisfaction-survey.survey_no": ("The school's number of the survey.", "调查编号。"),
    "satisfaction-survey.period_from": ("First day of asking.", "调查首日。"),
    "satisfaction-survey.period_until": ("Last day of asking.", "调查末日。"),
    "satisfaction-survey.audience": ("Who was asked, as a group.", "调查对象群体。"),
    "satisfaction-survey.method": ("How they were asked.", "调查方式。"),
    "satisfaction-survey.asked": ("How many were asked.", "发放份数。"),
    "satisfaction-survey.answered": (
        "How many answered; the share tells how much the result is worth.",
        "回收份数，用于判断代表性。",
    ),
    "satisfaction-survey.questions": ("The questions, each with its counts.", "各题及其计数。"),
    "satisfaction-survey.questions.question_code": (
        "Which question of the form; overall is what is published.",
        "题目代码；overall 为对外公布项。",
    ),
    "satisfaction-survey.questions.counts": (
        "How often each answer was given, from worst to best.",
        "各选项的计数，由差到好。",
    ),
    "satisfaction-survey.answers_root": (
        "RFC 6962 root over the salted answers, which stay with the school.",
        "加盐答卷的 RFC 6962 根哈希，答卷由学校保存。",
    ),
    "form_version": ("Which version of the form was used.", "问卷版本。"),
}
