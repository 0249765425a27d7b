"""What the fields of standard recipes and cooking steps mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "recipe-standard.recipe_code": ("The bureau's code of the recipe.", "标准食谱编号。"),
    "recipe-standard.recipe_version": (
        "Counts up with every change of the standard.",
        "标准食谱版本，每次修订递增。",
    ),
    "recipe-standard.valid_from": ("First day the standard holds.", "标准生效日期。"),
    "recipe-standard.valid_until": (
        "Last day it holds; absent: until it is superseded.",
        "标准失效日期；省略则至被替代为止。",
    ),
    "recipe-standard.portions": (
        "How many portions the listed ingredients make.",
        "所列食材可制作的份数。",
    ),
    "recipe-standard.ingredients": (
        "What goes into that many portions, each item once.",
        "制作上述份数所需食材，每种一项。",
    ),
    "recipe-standard.ingredients.quantity": (
        "Quantity for all portions together, in unit.",
        "全部份数合计用量，单位见 unit。",
    ),
    "recipe-standard.oil_mg": ("Most oil in one portion, in milligrams.", "每份用油上限（毫克）。"),
    "recipe-standard.salt_mg": (
        "Most salt in one portion, in milligrams.",
        "每份用盐上限（毫克）。",
    ),
    "recipe-standard.sugar_mg": (
        "Most added sugar in one portion, in milligrams.",
        "每份添加糖上限（毫克）。",
    ),
    "recipe-standard.energy_kJ": ("Energy of one portion, in kilojoules.", "每份能量（千焦）。"),
    "recipe-standard.steps": (
        "Steps that have to be recorded for each batch.",
        "每批次必须记录的烹制步骤。",
    ),
    "step_no": (
        "Number of the step, the same in the standard and in what was done.",
        "步骤序号，标准与实际记录一致。",
    ),
    "step_kind": ("What is done in it.", "步骤种类。"),
    "recipe-standard.steps.core_min_mC": (
        "Least core temperature to be reached, in thousandths of a degree Celsius.",
        "须达到的最低中心温度（千分之一摄氏度）。",
    ),
    "recipe-standard.steps.lasts_s": (
        "Least duration of the step, in seconds.",
        "步骤最短时长（秒）。",
    ),
    "recipe-standard.contains": (
        "Allergens and ingredients under a ban, as far as they are in it.",
        "所含过敏原及受限原料。",
    ),
    "cooking-step.batch_no": (
        "Which pot or batch of the dish; each has steps of its own.",
        "该菜品的锅次或批次，各自记录步骤。",
    ),
    "cooking-step.started_at": ("When the step began.", "步骤开始时间。"),
    "cooking-step.ended_at": (
        "When the step ended, at the latest when the record says it happened.",
        "步骤结束时间，不晚于记录所称发生时间。",
    ),
    "cooking-step.cooked_by": ("Who did it, a pseudonym.", "操作人员假名。"),
    "cooking-step.probe": (
        "The registered thermometer that read the core temperature.",
        "测量中心温度的已登记探针。",
    ),
    "cooking-step.core_temperature_mC": (
        "Core temperature reached, in thousandths of a degree Celsius.",
        "达到的中心温度（千分之一摄氏度）。",
    ),
    "cooking-step.ingredients": (
        "What went in during this step; none: nothing was added.",
        "本步骤投入的食材；空表示未投料。",
    ),
    "cooking-step.ingredients.supplier": (
        "Whose lot it is; required where a lot is named.",
        "批次所属供应商；填写批次时必填。",
    ),
    "cooking-step.ingredients.lot_no": (
        "The supplier's lot number, by which the dish is traced back.",
        "供应商批次号，用于追溯。",
    ),
    "cooking-step.ingredients.weigh_in": (
        "Record of the weigh-in by which it came in or left the store.",
        "入库或出库称重记录的编号。",
    ),
    "cooking-step.portions": ("How many portions the batch makes.", "本批次制作份数。"),
    "cooking-step.oil_g": (
        "Oil used in this step for the whole batch, in grams.",
        "本步骤整批用油（克）。",
    ),
    "cooking-step.salt_g": (
        "Salt used in this step for the whole batch, in grams.",
        "本步骤整批用盐（克）。",
    ),
    "cooking-step.sugar_g": (
        "Sugar used in this step for the whole batch, in grams.",
        "本步骤整批用糖（克）。",
    ),
}
