"""What PagerDuty's Events API v2 (events and changes) and the part of its REST API that tells who acknowledged
take, refuse and do: for receiver_server.py. Each judge gives (status, body, effect, problems)."""

import hashlib
import re
import urllib.parse

EVENT_MOST = 512_000


def limited(fields, name, most, problems, required=False):
    value = fields.get(name)
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        problems.append(f"'{name}' is missing or blank")
    elif len(value) > most:
        problems.append(f"'{name}' is longer than {most} characters")


def message_problems(message, size, judge):
    """What `judge` finds in an event or a change, and what it has in common with the other."""
    if not isinstance(message, dict):
        return ["event is no JSON object"]
    problems = []
    if size > EVENT_MOST:
        problems.append("event exceeds the maximum size")
    routing_key = message.get("routing_key")
    if not isinstance(routing_key, str) or len(routing_key) != 32:
        problems.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    judge(message, problems)
    return problems


def judge_event(event, problems):
    action = event.get("event_action")
    if action not in ("trigger", "acknowledge", "resolve"):
        problems.append("'event_action' is missing or unknown")
    limited(event, "dedup_key", 255, problems, required=action in ("acknowledge", "resolve"))
    if action != "trigger":
        return
    payload = judged_payload(event, problems)
    if payload is not None and payload.get("severity") not in ("critical", "error", "warning", "info"):
        problems.append("'payload.severity' is invalid (must be one of critical, error, warning, info)")


def judged_payload(message, problems):
    """The payload and its links, judged by what events and changes have in common; None: there is none."""
    for link in message.get("links", []):
        if not re.match(r"https?://", str(link.get("href", ""))):
            problems.append("'links' needs an http(s) href")
    payload = message.get("payload")
    if not isinstance(payload, dict):
        problems.append("'payload' is missing or blank")
        return None
    limited(payload, "summary", 1024, problems, required=True)
    limited(payload, "source", 1_000_000, problems, required=True)
    stamp = payload.get("timestamp")
    if stamp is not None and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", stamp):
        problems.append("'payload.timestamp' is no ISO 8601 time")
    if not isinstance(payload.get("custom_details", {}), dict):
        problems.append("'payload.custom_details' is no object")
    return payload


def judge_change(event, problems):
    if str(event.get("routing_key", "")).startswith("R"):
        problems.append("changes are not taken under the routing key of a ruleset")
    for name in ("event_action", "dedup_key"):
        if name in event:
            problems.append(f"'{name}' means nothing in a change")
    payload = judged_payload(event, problems)
    if payload is not None and "severity" in payload:
        problems.append("'payload.severity' means nothing in a change")


def change(world, event, size, accept):
    problems = message_problems(event, size, judge_change)
    if problems:
        return 400, {"status": "invalid event", "message": "Event object is invalid", "errors": problems}, None, problems
    return 202, {"status": "success", "message": "Change event processed"}, "kept, nobody notified" if accept else "not taken", []


def effect_of(world, event):
    """What the event does to the alert of its key; PagerDuty answers 202 whatever it is."""
    key = event.get("dedup_key") or f"generated-{world.number}"
    alert = world.alerts.get(key)
    open_alert = alert is not None and alert["status"] != "resolved"
    same_service = open_alert and alert["routing_key"] == event["routing_key"]
    if event["event_action"] == "trigger":
        if same_service:
            alert["triggers"] += 1
            return f"appended to the {alert['status']} alert, nobody notified"
        world.alerts[key] = {
            "status": "triggered",
            "routing_key": event["routing_key"],
            "summary": event["payload"]["summary"],
            "triggers": 1,
            "acknowledged_by": None,
        }
        return "opened, somebody notified"
    if not same_service:
        return "dropped: no open alert of this key and routing key"
    if event["event_action"] == "resolve":
        alert["status"] = "resolved"
        return "resolved"
    alert["status"] = "acknowledged"
    alert["acknowledged_by"] = {"type": "service_reference", "summary": "Events API"}
    return "acknowledged"


def event(world, event, size, accept):
    problems = message_problems(event, size, judge_event)
    if problems:
        body = {"status": "invalid event", "message": "Event object is invalid", "errors": problems}
        return 400, body, None, problems
    effect = effect_of(world, event) if accept else "not taken"
    body = {"status": "success", "message": "Event processed", "dedup_key": event.get("dedup_key")}
    return 202, body, effect, []


def incidents(world, path, headers):
    token = headers.get("Authorization", "")
    if token != f"Token token={world.api_token}":
        return 401, {"error": {"message": "Unauthorized"}}, None, ["wrong token"]
    if "version=2" not in headers.get("Accept", ""):
        return 406, {"error": {"message": "Not Acceptable"}}, None, ["no version 2 in Accept"]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
    wanted = query.get("incident_key", [None])[0]
    statuses = query.get("statuses[]", ["triggered", "acknowledged", "resolved"])
    incidents = []
    for key, alert in world.alerts.items():
        if (wanted is not None and key != wanted) or alert["status"] not in statuses:
            continue
        by = alert["acknowledged_by"]
        # An incident with alerts of its own names no key; it is found by theirs.
        incidents.append(
            {
                "id": "P" + hashlib.sha256(key.encode()).hexdigest()[:6].upper(),
                "type": "incident",
                "incident_key": None,
                "status": alert["status"],
                "acknowledgements": [{"at": "2025-12-31T09:16:00Z", "acknowledger": by}] if by else [],
            }
        )
    return 200, {"incidents": incidents, "limit": 25, "offset": 0, "more": False}, f"{len(incidents)} found", []
