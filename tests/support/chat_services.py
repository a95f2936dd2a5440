"""What Discord, ntfy, Telegram, Teams, Jira Service Management Operations and Gatus take and refuse, by
their documented limits: for receiver_server.py. Each judge gives (status, body, effect, problems)."""

import html.parser
import json
import re
import urllib.parse

DISCORD_TOTAL_MOST = 6000
NTFY_BYTES_MOST = 4096
TELEGRAM_MOST = 4096
TEAMS_BYTES_MOST = 28 * 1024


def long(value, most, name, problems, required=False):
    """A text of at most so many characters; gives how many it has."""
    if value is None and not required:
        return 0
    if not isinstance(value, str) or not value:
        problems.append(f"{name} is missing or no text")
        return 0
    if len(value) > most:
        problems.append(f"{name}: {len(value)} characters, {most} at most")
    return len(value)


def known(fields, names, where, problems):
    for name in set(fields) - set(names.split()):
        problems.append(f"{where} knows no {name}")


def discord(path, headers, body):
    problems = []
    if not isinstance(body, dict):
        return 400, {"code": 50109, "message": "The request body contains invalid JSON."}, None, ["no JSON"]
    known(body, "content embeds allowed_mentions username avatar_url", "a message", problems)
    embeds = body.get("embeds", [])
    if not body.get("content") and not embeds:
        return 400, {"code": 50006, "message": "Cannot send an empty message"}, None, ["empty message"]
    long(body.get("content"), 2000, "content", problems)
    if len(embeds) > 10:
        problems.append("more than 10 embeds")
    total = 0
    for embed in embeds:
        known(embed, "title description url color fields footer timestamp", "an embed", problems)
        total += long(embed.get("title"), 256, "title", problems)
        if embed.get("description"):
            total += long(embed["description"], 4096, "description", problems)
        color = embed.get("color", 0)
        if not isinstance(color, int) or not 0 <= color <= 0xFFFFFF:
            problems.append("color is no number of 24 bits")
        fields = embed.get("fields", [])
        if len(fields) > 25:
            problems.append("more than 25 fields")
        for field in fields:
            total += long(field.get("name"), 256, "field.name", problems, required=True)
            total += long(field.get("value"), 1024, "field.value", problems, required=True)
        if "footer" in embed:
            total += long(embed["footer"].get("text"), 2048, "footer.text", problems, required=True)
    if total > DISCORD_TOTAL_MOST:
        problems.append(f"{total} characters in all embeds")
    if problems:
        return 400, {"code": 50035, "message": "Invalid Form Body", "errors": problems}, None, problems
    pings = "" if body.get("allowed_mentions") == {"parse": []} else " and may ping"
    if "wait=true" not in path:
        return 204, "", "posted" + pings + ", unconfirmed", []
    return 200, {"id": "1", "type": 0}, "posted" + pings, []


def ntfy(path, headers, body):
    problems = []
    if not isinstance(body, dict):
        return 400, {"code": 40024, "http": 400, "error": "invalid request: request body must be message JSON"}, None, ["no JSON"]
    known(body, "topic message title tags priority actions click attach markdown icon delay", "a message", problems)
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", str(body.get("topic", ""))):
        problems.append("topic invalid")
    if len(str(body.get("message", "")).encode()) > NTFY_BYTES_MOST:
        problems.append("the message becomes an attachment")
    if body.get("priority", 3) not in (1, 2, 3, 4, 5):
        problems.append("priority invalid")
    if not all(isinstance(tag, str) for tag in body.get("tags", [])):
        problems.append("tags are texts")
    if "click" in body and not re.match("https?://", body["click"]):
        problems.append("click is no URL")
    actions = body.get("actions", [])
    if len(actions) > 3:
        problems.append("more than three actions")
    for action in actions:
        known(action, "action label url clear", "an action", problems)
        if action.get("action") != "view" or not action.get("label") or not re.match("https?://", action.get("url", "")):
            problems.append("an action is no view of a URL with a label")
    if problems:
        return 400, {"code": 40000, "http": 400, "error": problems[0]}, None, problems
    return 200, {"id": "abc", "event": "message", "topic": body["topic"]}, "posted", []


class TelegramHtml(html.parser.HTMLParser):
    """Telegram's HTML: a few tags, closed in order, and four entities."""

    TAGS = "b strong i em u ins s strike del code pre a tg-spoiler blockquote".split()

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.open = []
        self.length = 0
        self.fault = ""

    def handle_starttag(self, tag, attrs):
        if tag not in self.TAGS:
            self.fault = f"Unsupported start tag \"{tag}\""
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.fault = f"Unexpected end tag {tag}"

    def handle_data(self, data):
        if "<" in data or "&" in data:
            self.fault = "an unescaped < or &"
        self.length += len(data.encode("utf-16-le")) // 2

    def handle_entityref(self, name):
        if name not in ("lt", "gt", "amp", "quot"):
            self.fault = f"unknown entity {name}"
        self.length += 1

    def handle_charref(self, name):
        self.length += 1

    def handle_comment(self, data):
        self.fault = "a comment"

    def unknown_decl(self, data):
        self.fault = "a declaration"

    handle_decl = handle_pi = unknown_decl


def telegram(path, headers, body):
    def no(what):
        return 400, {"ok": False, "error_code": 400, "description": "Bad Request: " + what}, None, [what]

    if not isinstance(body, dict) or not body.get("chat_id"):
        return no("chat_id is empty")
    problems = []
    known(body, "chat_id text parse_mode link_preview_options disable_notification", "sendMessage", problems)
    if problems:
        return no(problems[0])
    text = body.get("text") or ""
    length = len(text.encode("utf-16-le")) // 2
    if body.get("parse_mode") == "HTML":
        parser = TelegramHtml()
        parser.feed(text)
        parser.close()
        if parser.open:
            parser.fault = f"Can't find end tag corresponding to start tag {parser.open[-1]}"
        if parser.fault:
            return no("can't parse entities: " + parser.fault)
        length = parser.length
    if not text.strip():
        return no("message text is empty")
    if length > TELEGRAM_MOST:
        return no("message is too long")
    return 200, {"ok": True, "result": {"message_id": 1}}, "posted", []


CARD = {
    "Container": "type style items",
    "RichTextBlock": "type inlines",
    "TextRun": "type text size weight isSubtle fontType color",
    "Action.OpenUrl": "type title url",
}


def card_element(element, problems):
    kind = element.get("type")
    if kind not in CARD:
        problems.append(f"unknown element {kind!r}")
        return
    known(element, CARD[kind], kind, problems)
    for inner in element.get("items", []) + element.get("inlines", []):
        card_element(inner, problems)
    if kind == "TextRun" and not isinstance(element.get("text"), str):
        problems.append("a run without text")
    if kind == "Action.OpenUrl" and not re.match("https?://", str(element.get("url"))):
        problems.append("an action without URL")


def teams(path, headers, body, size):
    problems = []
    if size > TEAMS_BYTES_MOST:
        return 413, "RequestEntityTooLarge", None, [f"{size} bytes"]
    try:
        [attachment] = body["attachments"]
        card = attachment["content"]
        if body["type"] != "message" or attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
            problems.append("no message with an adaptive card")
        if card["type"] != "AdaptiveCard" or not card["version"] or not card["body"]:
            problems.append("no adaptive card")
        for element in card["body"] + card.get("actions", []):
            card_element(element, problems)
    except (KeyError, TypeError, ValueError) as error:
        problems.append(f"no message with one adaptive card: {error!r}")
    if problems:
        return 400, {"error": {"code": "InvalidRequestContent", "message": problems[0]}}, None, problems
    return 202, "", "posted", []


def jira_operations(path, headers, body):
    problems = []
    if headers.get("Authorization") != "GenieKey jira-key":
        return 401, {"message": "Key format is not valid!", "took": 0.0}, None, ["wrong key"]
    if not isinstance(body, dict):
        return 422, {"message": "Request body is not processable."}, None, ["no JSON"]
    other = re.fullmatch(r"/jsm/alerts/([^/?]+)/(close|acknowledge)(\?.*)?", path)
    if other:
        if "identifierType=alias" not in (other[3] or ""):
            return 422, {"message": "Identifier should be a valid id"}, None, ["no identifierType=alias"]
        known(body, "user source note", other[2], problems)
        long(body.get("note"), 25_000, "note", problems)
        effect = other[2] + " " + other[1]
    else:
        if path != "/jsm/alerts":
            return 404, {"message": "Not found"}, None, ["no such address"]
        known(body, "message alias description responders visibleTo actions tags details entity source priority user note",
              "an alert", problems)
        long(body.get("message"), 130, "message", problems, required=True)
        long(body.get("alias"), 512, "alias", problems)
        long(body.get("description"), 15_000, "description", problems)
        long(body.get("entity"), 512, "entity", problems)
        long(body.get("source"), 100, "source", problems)
        if body.get("priority", "P3") not in ("P1", "P2", "P3", "P4", "P5"):
            problems.append("priority must be one of P1 to P5")
        details = body.get("details", {})
        if not all(isinstance(each, str) for each in details.values()) or len(json.dumps(details)) > 8000:
            problems.append("details are texts, 8,000 characters at most")
        if len(body.get("tags", [])) > 20 or any(len(tag) > 50 for tag in body.get("tags", [])):
            problems.append("20 tags of 50 characters at most")
        effect = f"create {body.get('alias')}"
    if problems:
        return 422, {"message": "Request body is not processable.", "errors": problems}, None, problems
    return 202, {"result": "Request will be processed", "took": 0.1, "requestId": "r-1"}, effect, []


def gatus(path, headers, body):
    if headers.get("Authorization") != "Bearer gatus-token":
        return 401, "invalid token", None, ["wrong token"]
    said = re.fullmatch(r"/api/v1/endpoints/([A-Za-z0-9_.-]+)/external\?(.*)", path)
    if said is None or said[1] != "shop_checkout":
        return 404, "not found", None, ["no such endpoint"]
    try:
        query = urllib.parse.parse_qs(said[2], strict_parsing=True)
    except ValueError:
        return 400, "malformed query", None, ["malformed query"]
    problems = []
    known(query, "success error duration", "an external endpoint", problems)
    if query.get("success") not in (["true"], ["false"]):
        problems.append("missing or invalid success value")
    if problems:
        return 400, problems[0], None, problems
    return 200, "", "green" if query["success"] == ["true"] else "red: " + query.get("error", [""])[0], []


def judge(service, path, headers, body, size):
    if service == "teams":
        return teams(path, headers, body, size)
    return {"discord": discord, "ntfy": ntfy, "telegram": telegram, "jira-operations": jira_operations,
            "gatus": gatus}[service](path, headers, body)


def service_of(path):
    """Which of them an address is of, by the addresses that receiver_server.py gives them."""
    for prefix, service in (("/api/webhooks/", "discord"), ("/api/v1/endpoints/", "gatus"),
                            ("/ntfy", "ntfy"), ("/bot", "telegram"),
                            ("/workflows/", "teams"), ("/jsm/", "jira-operations")):
        if path.startswith(prefix):
            return service
    return None
