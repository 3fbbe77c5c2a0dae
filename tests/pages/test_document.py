import asyncio
import gzip

import pytest

from pages.ui.document import Document

PAGE = "<html><head><title>Streamlit</title></head><body>é</body></html>"


def ask(body, *, status=200, content_type="text/html; charset=utf-8", accept="text/html", chunks=1):
    """Headers and body of an answer that went through the middleware."""
    sent = []

    async def application(scope, _receive, send):
        whole, headers = body.encode(), [(b"content-type", content_type.encode()), (b"etag", b"1")]
        if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
            whole = gzip.compress(whole)
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(whole)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        size = -(-len(whole) // chunks)
        for number in range(chunks):
            part = whole[number * size : (number + 1) * size]
            await send({"type": "http.response.body", "body": part, "more_body": number < chunks - 1})

    async def send(message):
        sent.append(message)

    asked = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip, br")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": asked}
    asyncio.run(Document(application)(scope, None, send))
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("chunks", [1, 3])
def test_a_document_is_told_where_its_server_is_even_when_the_browser_takes_gzip(chunks):
    headers, body = ask(PAGE, chunks=chunks)
    words = body.decode()
    assert words.startswith("<html><head><script>window.__streamlit")
    assert "<title>蓼河新区规划一张图</title>" in words
    assert "<body>é</body>" in words
    assert b"etag" not in headers
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize(
    "asked",
    [{"status": 404}, {"content_type": "application/json"}, {"accept": "*/*"}],
    ids=["404", "json", "compressed"],
)
def test_everything_else_is_left_alone(asked):
    headers, body = ask(PAGE, **asked)
    assert headers[b"etag"] == b"1"
    assert b"__streamlit" not in body
