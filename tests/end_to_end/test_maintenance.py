"""Maintenance windows: by hand and of the configuration, as people see them."""

import json
import time

from harness import until


def in_utc(seconds):
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def listed(daemon):
    return {one["name"]: one for one in json.loads(daemon.cli("maintenance", "--json").stdout)}


def test_a_window_by_hand_withholds_until_it_is_ended(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    said = daemon.cli("maintenance", "start", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "a new disk", code=0)
    assert "in force until" in said.stdout
    (number,) = listed(daemon)
    target.value = 93
    until(lambda: daemon.named("rules", "GaugeHigh")["firing"], 10, "it fires")
    incident = until(lambda: json.loads(daemon.cli("incidents", "--json").stdout), 10, "an incident")[0]
    story = daemon.cli("incidents", "show", str(incident["id"])).stdout
    assert f"maintenance {number} until" in story
    daemon.cli("status")
    assert "a new disk" in daemon.cli("status").stdout
    assert "tocsin_maintenance_in_force 1" in daemon.metrics()
    daemon.kill()
    daemon.start()
    assert listed(daemon)[number]["in_force"]
    until(lambda: daemon.named("rules", "GaugeHigh")["last_evaluation"], 10, "it is judged again")
    assert receivers.requests() == []
    daemon.cli("maintenance", "end", number, code=0)
    until(lambda: receivers.chats(), 10, "the open, now that the window has ended")
    assert listed(daemon) == {}


def test_windows_are_shown_on_the_page(climbing):
    daemon = climbing.daemon
    assert "Maintenance" not in daemon.page()
    daemon.cli("maintenance", "start", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "a <new> disk", code=0)
    tomorrow = in_utc(time.time() + 86400)
    daemon.cli("maintenance", "start", '{rule="Other"}', "--for", "1h", "--reason", "later", "--at", tomorrow, code=0)
    page = daemon.page()
    assert "<h2>Maintenance</h2>" in page and "a &lt;new&gt; disk" in page
    in_force = page.index("in force until ")
    assert page.index("{rule=&quot;GaugeHigh&quot;}") > in_force
    assert f"next {tomorrow} UTC" in page, page[in_force:in_force + 900]


def test_a_window_is_planned_in_a_time_zone(climbing):
    daemon = climbing.daemon
    wrong = daemon.cli("maintenance", "start", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "x", "--at", "tonight")
    assert wrong.returncode == 2 and "2026-12-01 22:00" in wrong.stderr
    year = time.gmtime().tm_year + (1 if time.gmtime().tm_mon > 6 else 0)
    said = daemon.cli("maintenance", "start", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "x", "--at",
                      f"{year}-07-01 02:00", "--zone", "Europe/Berlin", code=0)
    assert "is planned" in said.stdout
    (window,) = listed(daemon).values()
    assert window["begins"] == f"{year}-07-01T00:00:00Z" and not window["in_force"]


def test_a_window_of_the_configuration_comes_with_a_reload_and_is_ended_early(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    text = (daemon.config / "tocsin.toml").read_text()
    started = time.time() - 600
    window = f"""
[maintenance.upgrade]
match  = '{{rule="GaugeHigh"}}'
start  = "{in_utc(started)[11:]}"
lasts  = "22h"
reason = "new kernel"
author = "ops"
"""
    daemon.configure(text + window)
    daemon.cli("reload", code=0)
    assert listed(daemon)["upgrade"]["in_force"]
    shown = daemon.cli("maintenance").stdout
    assert "upgrade" in shown and "ops" in shown and "new kernel" in shown and "in force until" in shown
    target.value = 93
    until(lambda: daemon.named("rules", "GaugeHigh")["firing"], 10, "it fires")
    assert receivers.requests() == []
    daemon.cli("maintenance", "end", "upgrade", code=0)
    until(lambda: receivers.chats(), 10, "the open, now that the window has been ended")
    assert listed(daemon)["upgrade"]["ended_early"]
    daemon.configure(text + window.replace("lasts", "zone = \"Mars/Olympus\"\nlasts"))
    refused = daemon.cli("reload")
    assert refused.returncode != 0 and "Mars/Olympus" in refused.stdout + refused.stderr
