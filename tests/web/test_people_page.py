"""Adding somebody to the archive: what is wrong is said with the name of its field."""

import html

from tests.fixtures.office import Office
from tests.web.conftest import ClientOf


def test_the_summary_names_the_fields_and_an_unreadable_date_is_not_dropped(
    office: Office, client_of: ClientOf
) -> None:
    client = client_of("nominator")
    client.application.config["WTF_CSRF_ENABLED"] = False
    sent = client.post("/people/new", data={"work_start_date": "long ago", "nationality": "ha"})
    page = html.unescape(sent.text)
    assert sent.status_code == 422
    for line in ("姓名：请填写此项。", "出生日期：请填写此项。", "政治面貌：请从所列选项中选择。"):
        assert line in page
    assert "参加工作时间：请按 2026-11-23 的格式输入日期。" in page
