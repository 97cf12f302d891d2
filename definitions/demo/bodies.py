"""The invented district's bodies: 37 that nominate, and those that steer and decide."""

from dataclasses import dataclass

DISTRICT_ZH, DISTRICT_EN = "云汀区", "Yunting District"


@dataclass(frozen=True, slots=True)
class DemoBody:
    """A body: its code in definitions, kind and titles."""

    code: str
    kind: str
    title_zh: str
    title_en: str


STEERING = (
    DemoBody("district_committee", "committee", "中共云汀区委", "District committee"),
    DemoBody("standing_committee", "committee", "区委常委会", "Standing committee"),
    DemoBody("organization", "department", "区委组织部", "Organization department"),
    DemoBody("united_front", "department", "区委统战部", "United-front department"),
    DemoBody("personnel", "department", "区人力资源和社会保障局", "Personnel department"),
    DemoBody("discipline", "organ", "区纪委监委", "Discipline and supervision commission"),
    DemoBody("office", "organ", "区委办公室信息科", "Information office"),
)
_SUBDISTRICTS = (
    ("望溪", "Wangxi"), ("柳渡", "Liudu"), ("青岑", "Qingcen"), ("石渚", "Shizhu"),
    ("南陌", "Nanmo"), ("桐湾", "Tongwan"), ("杏坪", "Xingping"), ("鹭洲", "Luzhou Islet"),
)  # fmt: skip
_INDUSTRIES = (
    ("卫生健康", "Health"), ("教育", "Education"), ("文化旅游", "Culture and tourism"), ("住房建设", "Housing and construction"),
    ("交通运输", "Transport"), ("农业农村", "Agriculture"), ("科技创新", "Science and technology"), ("金融", "Finance"),
    ("民营经济", "Private economy"), ("社会组织", "Social organizations"), ("水务", "Water"), ("互联网", "Internet"),
)  # fmt: skip
_BUREAUS = (
    ("发展和改革局", "Development and reform"), ("财政局", "Finance bureau"), ("审计局", "Audit bureau"), ("统计局", "Statistics"),
    ("民政局", "Civil affairs"), ("司法局", "Justice"), ("生态环境局", "Environment"), ("应急管理局", "Emergency management"),
    ("市场监督管理局", "Market supervision"), ("商务局", "Commerce"), ("规划和自然资源局", "Planning and resources"),
    ("城市管理局", "Urban management"), ("退役军人事务局", "Veterans' affairs"), ("医疗保障局", "Medical insurance"),
    ("行政审批局", "Administrative approval"), ("大数据中心", "Data centre"), ("档案馆", "Archives"),
)  # fmt: skip
NOMINATING = (
    *(
        DemoBody(f"subdistrict-{n:02d}", "subdistrict", f"{zh}街道党工委", f"{en} sub-district committee")
        for n, (zh, en) in enumerate(_SUBDISTRICTS, 1)
    ),
    *(
        DemoBody(f"industry-{n:02d}", "industry", f"{zh}行业党委", f"{en} industry committee")
        for n, (zh, en) in enumerate(_INDUSTRIES, 1)
    ),
    *(DemoBody(f"department-{n:02d}", "bureau", f"区{zh}", en) for n, (zh, en) in enumerate(_BUREAUS, 1)),
)
"""8 sub-districts, 12 industry committees and 17 bureaus, in official order."""
