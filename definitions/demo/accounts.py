"""The accounts the demonstration offers to newcomers: one for each role."""

from dataclasses import dataclass

PASSWORD = "demo-2026-demo"  # noqa: S105 - printed on the sign-in page of the demonstration, which holds invented people only


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account and what it is for."""

    sign_in_name: str
    title_zh: str
    title_en: str


ACCOUNTS = (
    DemoAccount("secretary", "组织部干部科（秘书）", "Secretary, organization department"),
    DemoAccount("nominator", "街道党工委（推荐单位）", "Nominating body, a sub-district"),
    DemoAccount("nominator2", "行业党委（推荐单位）", "Nominating body, an industry committee"),
    DemoAccount("bodyhead", "街道党工委主要负责人", "Head of a nominating body"),
    DemoAccount("orghead", "组织部负责人", "Head, organization department"),
    DemoAccount("unitedfront", "统战部负责人", "Head, united-front department"),
    DemoAccount("personnel", "人社局负责人", "Head, personnel department"),
    DemoAccount("assessor1", "考察组成员", "Assessor"),
    DemoAccount("recorder", "常委会会议记录人", "Recorder, standing committee"),
    DemoAccount("member01", "常委会委员", "Member, standing committee"),
    DemoAccount("designer", "程序设计人员", "Designer of procedures"),
    DemoAccount("admin", "系统管理员", "Administrator"),
)
