"""What Slack's incoming webhooks and its Web API take, refuse and do: for receiver_server.py. Each judge gives
(status, body, effect, problems)."""

import re

BLOCKS_MOST = 50
ATTACHMENTS_MOST = 100
TOTAL_MOST = 13_200
TEXT_MOST = {"header": 150, "section": 3000, "field": 2000, "context": 3000}


def text_length(text, where, kinds, problems):
    """Checks one text object; its length counts towards the message's."""
    if not isinstance(text, dict) or text.get("type") not in kinds:
        problems.append(f"{where}: text must be one of {kinds}")
        return 0
    content = text.get("text")
    if not isinstance(content, str) or not content:
        problems.append(f"{where}: empty text")
        return 0
    if len(content) > TEXT_MOST[where]:
        problems.append(f"{where}: {len(content)} characters, {TEXT_MOST[where]} at most")
    allowed = {"type", "text", "emoji"} if text["type"] == "plain_text" else {"type", "text", "verbatim"}
    for key in set(text) - allowed:
        problems.append(f"{where}: {text['type']} knows no {key}")
    return len(content)


def block_total(block, problems):
    both = ("plain_text", "mrkdwn")
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "header":
        return text_length(block.get("text"), "header", ("plain_text",), problems)
    if kind == "divider":
        return 0
    if kind == "section":
        total = 0
        if "text" not in block and "fields" not in block:
            problems.append("section: neither text nor fields")
        if "text" in block:
            total += text_length(block["text"], "section", both, problems)
        fields = block.get("fields", [])
        if not isinstance(fields, list) or len(fields) > 10 or ("fields" in block and not fields):
            problems.append("section: 1 to 10 fields")
            return total
        return total + sum(text_length(field, "field", both, problems) for field in fields)
    if kind == "context":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
            problems.append("context: 1 to 10 elements")
            return 0
        return sum(text_length(element, "context", both, problems) for element in elements)
    problems.append(f"unknown block {kind!r}")
    return 0


def all_texts(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from all_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_texts(inner)
    elif isinstance(value, str):
        yield value


def pings_of(message):
    """Who this message would wake: special mentions and users, outside of nothing."""
    found = []
    for text in all_texts(message):
        found += re.findall(r"<[!@#][^>]*>", text)
    return found


def fault(message):
    """(Slack's word, problems) of what a message shows, however it is sent; ("", []) where it is well."""
    blocks = message.get("blocks", [])
    attachments = message.get("attachments", [])
    if not message.get("text") and not blocks and not attachments:
        return "no_text", ["neither text nor blocks"]
    if not isinstance(message.get("text") or "", str) or len(message.get("text") or "") > 40_000:
        return "msg_too_long", ["text of more than 40,000 characters"]
    if not isinstance(attachments, list) or len(attachments) > ATTACHMENTS_MOST:
        return "too_many_attachments", [f"more than {ATTACHMENTS_MOST} attachments"]
    problems = []
    total = 0
    for each in attachments:
        if not isinstance(each, dict) or set(each) - {"color", "blocks", "fallback"}:
            return "invalid_attachments", ["an attachment of color and blocks is all that is known here"]
        if not re.fullmatch("#[0-9a-f]{6}|good|warning|danger", each.get("color", "good")):
            problems.append("an attachment's color is no colour")
    for some in [blocks] + [each.get("blocks", []) for each in attachments]:
        if not isinstance(some, list) or len(some) > BLOCKS_MOST:
            return "invalid_blocks", [f"more than {BLOCKS_MOST} blocks"]
        total += sum(block_total(block, problems) for block in some)
    if problems:
        return "invalid_blocks", problems
    if total > TOTAL_MOST:
        return "msg_blocks_too_long", [f"{total} characters in all blocks"]
    return "", []


def webhook(message):
    """(status, body, effect, problems) of a message to an incoming webhook."""
    if not isinstance(message, dict):
        return 400, "invalid_payload", None, ["no JSON object"]
    word, problems = fault(message)
    if word:
        return 400, word, None, problems
    pings = pings_of(message)
    return 200, "ok", "pinged " + " ".join(pings) if pings else "posted", []


CHANNELS = {"#alerts": "C0ALERTS", "alerts": "C0ALERTS", "#archived": "C0ARCHIVE"}
ARGUMENTS = {
    "chat.postMessage": {"thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media", "mrkdwn", "metadata"},
    "chat.update": {"ts", "reply_broadcast", "unfurl_links", "unfurl_media", "mrkdwn", "metadata"},
}


def no(word, *problems):
    """Slack says no with HTTP 200."""
    return 200, {"ok": False, "error": word}, None, list(problems) or [word]


def api(world, method, headers, message, accept):
    """(status, body, effect, problems) of a call of the Web API."""
    if not headers.get("Content-Type", "").startswith("application/json"):
        return no("invalid_form_data", "a JSON body needs its Content-Type")
    token = headers.get("Authorization", "")
    if not token.startswith("Bearer "):
        return no("not_authed")
    if token != f"Bearer {world.bot_token}":
        return no("invalid_auth")
    if not isinstance(message, dict):
        return no("invalid_json")
    unknown = set(message) - ARGUMENTS[method] - {"channel", "text", "blocks", "attachments"}
    if unknown:
        return no("invalid_arguments", f"{method} knows no {sorted(unknown)}")
    given = message.get("channel")
    channel = CHANNELS.get(given, given) if method == "chat.postMessage" else given
    if channel not in CHANNELS.values():
        return no("channel_not_found", f"no channel {given!r}")
    if channel == "C0ARCHIVE":
        return no("is_archived")
    word, problems = fault(message)
    if word:
        return no(word, *problems)
    for name in ("ts", "thread_ts"):
        if name in message and not re.fullmatch(r"\d{10}\.\d{6}", str(message[name])):
            return no("invalid_arguments", f"{name} is no timestamp of Slack's")
    pings = pings_of(message)
    effect = "pinged " + " ".join(pings) if pings else "posted"
    shown = {name: message.get(name) for name in ("text", "blocks", "attachments")}
    if method == "chat.update":
        ts = message.get("ts")
        if ts not in world.messages or world.messages[ts]["channel"] != channel:
            return no("message_not_found")
        # What an update leaves out stays as it was.
        shown = {name: value for name, value in shown.items() if value is not None}
        if accept:
            world.messages[ts].update(shown, updates=world.messages[ts]["updates"] + 1)
        effect = effect.replace("posted", "updated")
    else:
        ts = f"{1405894321 + next(world.posts)}.002768"
        parent = message.get("thread_ts")
        if parent is not None and parent not in world.messages:
            return no("thread_not_found")
        if accept:
            world.messages[ts] = {
                **shown, "channel": channel, "thread_ts": parent, "updates": 0,
                "broadcast": parent is not None and bool(message.get("reply_broadcast")),
            }
    return 200, {"ok": True, "channel": channel, "ts": ts, "message": {"text": message.get("text")}}, effect, []
