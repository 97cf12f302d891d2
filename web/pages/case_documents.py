"""Documents and files of a case: a document on a page to be read and printed, and each as the bytes the record names."""

from urllib.parse import quote

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from web.i18n import language
from web.request import reading
from workflow.cases.attached import attached_file
from workflow.documents.queries import DocumentView
from workflow.documents.queries import document as one_document
from workflow.procedure.documents import LANGUAGES

blueprint = Blueprint("case_documents", __name__, url_prefix="/cases")


@blueprint.get("/<int:case_id>/documents/<int:seq>/<template>")
def document(case_id: int, seq: int, template: str) -> str:
    """A document in the reader's language, or the one asked for."""
    view = _document(case_id, seq, template, request.args.get("language", language()))
    content = Markup(view.content)  # noqa: S704 - made by our renderer, which escapes whatever is filled in
    return render_template("case/document.html", view=view, case_id=case_id, content=content)


@blueprint.get("/<int:case_id>/documents/<int:seq>/<template>/<language>.html")
def download(case_id: int, seq: int, template: str, language: str) -> AnyResponse:
    """The file as it is kept, to be stored elsewhere; never shown as a page of ours."""
    view = _document(case_id, seq, template, language)
    response: Response = make_response(view.file.encode())
    response.content_type = "text/html; charset=utf-8"
    name = f"{view.reference}-{seq}-{template}-{view.language}.html"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/<int:case_id>/files/<int:seq>/<form>/<field>/<int:number>")
def file(case_id: int, seq: int, form: str, field: str, number: int) -> AnyResponse:
    """A file that came with a form: always to be kept elsewhere, never opened as a page of ours."""
    with reading() as context:
        found, content = attached_file(context, case_id=case_id, seq=seq, form=form, field=field, number=number)
    response: Response = make_response(content)
    response.content_type = "application/octet-stream"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"file.{found.kind}\"; filename*=UTF-8''{quote(found.name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _document(case_id: int, seq: int, template: str, wanted: str) -> DocumentView:
    with reading() as context:
        return one_document(
            context,
            case_id=case_id,
            seq=seq,
            template=template,
            language=wanted if wanted in LANGUAGES else language(),
        )
