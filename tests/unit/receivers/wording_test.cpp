// Risk: a notice that cannot be told from another kind at a glance, or leaves out what a person
// needs at three in the morning.
#include "receivers/wording.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>

#include "support/zone_file.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
using namespace tocsin::receivers;
using testing::sample_delivery;
using testing::wall;

TEST_CASE("wording: every kind of notice looks different at a glance") {
  std::set<std::string> marks;
  std::set<std::string_view> symbols;
  Notice notice = sample_delivery().notice;
  for (int kind = 0; kind < kNoticeKinds; ++kind) {
    notice.kind = static_cast<NoticeKind>(kind);
    marks.insert(mark(notice));
    symbols.insert(symbol(notice));
  }
  notice.kind = NoticeKind::opened;
  notice.level = 3;
  marks.insert(mark(notice));
  symbols.insert(symbol(notice));
  CHECK(marks.size() == 12);
  CHECK(symbols.size() == 12);
  CHECK(mark(notice) == "LEVEL 3 #17");
  notice.drill = true;
  CHECK(mark(notice) == "DRILL LEVEL 3 #17");
}

TEST_CASE("wording: what happens next, when, and how to stop it") {
  Notice notice = sample_delivery().notice;
  CHECK(next_line(notice) ==
        "Next: level 2 in 5 min (09:20 UTC) tells on-call, database-lead, unless somebody "
        "acknowledges.");
  CHECK(acknowledge_command(notice) == "tocsin ack 17");
  notice.next->again = true;
  CHECK(next_line(notice) ==
        "Next: rings again in 5 min (09:20 UTC) for on-call, database-lead, unless somebody "
        "acknowledges.");
  notice.next.reset();
  CHECK(next_line(notice) == "Next: nothing more is due; nobody else will be told.");
}

TEST_CASE("wording: an acknowledgement says by whom, until when, and what then") {
  Notice notice = sample_delivery().notice;
  notice.kind = NoticeKind::acknowledged;
  notice.acknowledged_by = "anna";
  notice.acknowledged_until = wall("2025-12-31T09:46:00Z");
  notice.next = NextStep{1, *notice.acknowledged_until, {"chat"}, true};
  CHECK(mark(notice) == "ACKNOWLEDGED #17 by anna until 09:46 UTC");
  CHECK(next_line(notice) ==
        "Acknowledged by anna until 09:46 UTC; if it is still open then, it rings again for chat.");
  CHECK(acknowledge_command(notice).empty());
}

TEST_CASE("wording: a close gives the value now and how long it lasted, and asks for nothing") {
  Notice notice = sample_delivery().notice;
  notice.kind = NoticeKind::closed;
  notice.at = wall("2025-12-31T09:29:00Z");
  notice.lasted = minutes(14);
  notice.alerts[0].value = "41 %";
  notice.alerts[0].firing = false;
  CHECK(alert_line(notice.alerts[0], notice) == "CPU 93 % busy, well again (now 41 %)");
  CHECK(facts(notice)[2].name == "Lasted");
  CHECK(facts(notice)[2].value == "14 min, from 09:15 UTC to 09:29 UTC");
  CHECK(next_line(notice).empty());
  CHECK(acknowledge_command(notice).empty());
}

TEST_CASE("wording: an alert without a summary is named by its rule, missing data is said") {
  const Notice within = sample_delivery().notice;
  NoticeAlert alert = within.alerts[0];
  alert.summary = "";
  alert.threshold = "";
  alert.no_data = true;
  CHECK(alert_line(alert, within) == "CpuBusy: 93 %, since 09:10 UTC (5 min), no data now");
  alert.value = "";
  CHECK(alert_line(alert, within) == "CpuBusy, since 09:10 UTC (5 min), no data now");
  alert.targets_say = "host: could\nnot";
  CHECK(alert_line(alert, within) ==
        "CpuBusy, since 09:10 UTC (5 min), no data now; host: could\\nnot");
  alert.firing = false;
  CHECK(alert_line(alert, within).find("could") == std::string::npos);
}

TEST_CASE("wording: a change says what has changed, and at which level the incident is") {
  Notice notice = sample_delivery().notice;
  notice.level = 2;
  notice.kind = NoticeKind::updated;
  notice.reason = "2 alerts have joined";
  CHECK(mark(notice) == "CHANGED #17, LEVEL 2 (2 alerts have joined)");
  notice.reason = std::string(61, 'x');
  CHECK(mark(notice) == "CHANGED #17, LEVEL 2");
  notice.reason = "severity rose from warning to critical";
  notice.kind = NoticeKind::severity_rose;
  CHECK(mark(notice) == "WORSE #17, LEVEL 2 (severity rose from warning to critical)");
  notice.reason = "the acknowledgement of ada has ended";
  notice.kind = NoticeKind::told_again;
  CHECK(mark(notice) == "RINGS AGAIN #17, LEVEL 2 (the acknowledgement of ada has ended)");
  notice.reason = "";
  notice.kind = NoticeKind::flapping;
  CHECK(mark(notice) == "FLAPPING #17, LEVEL 2");
}

TEST_CASE("wording: a drill says at once that it is none of the real things") {
  Notice notice = sample_delivery().notice;
  notice.drill = true;
  CHECK(mark(notice) == "DRILL OPENED #17");
  CHECK(symbol(notice) == "🧪");
  CHECK(
      next_line(notice).starts_with("This is a drill, nothing is wrong: do as you would. Next: "));
}

TEST_CASE("wording: what is over leaves nothing to do but what the receiver's own text says") {
  Notice notice = sample_delivery().notice;
  notice.description = "look at the queue";
  CHECK(what_to_do(notice, 100) == "look at the queue");
  CHECK(runbook_of(notice) == notice.runbook);
  notice.kind = NoticeKind::closed;
  CHECK(what_to_do(notice, 100).empty());
  CHECK(runbook_of(notice).empty());
  notice.shown.text = "take a breath";
  CHECK(what_to_do(notice, 100) == "take a breath");
}

TEST_CASE("wording: below its title an only alert does not say the same again") {
  Notice notice = sample_delivery().notice;
  NoticeAlert& alert = notice.alerts[0];
  notice.title = alert.summary;
  CHECK(alert_below(alert, notice, headline(notice)) == "(above 80 %), since 09:10 UTC (5 min)");
  alert.summary = notice.title = "the disk is full";
  CHECK(alert_below(alert, notice, headline(notice)) ==
        "93 % (above 80 %), since 09:10 UTC (5 min)");
  CHECK(alert_below(alert, notice, "OPENED the di…") == alert_line(alert, notice));
  notice.alerts.resize(2, notice.alerts[0]);
  CHECK(alert_below(notice.alerts[0], notice, headline(notice)) ==
        alert_line(notice.alerts[0], notice));
}

TEST_CASE("wording: what comes soon is told with its seconds, and by how long from now") {
  Notice notice;
  notice.at = wall("2025-12-31T09:15:00.4Z");
  CHECK(coming(wall("2025-12-31T09:15:45Z"), notice) == "in 45 s (09:15:45 UTC)");
  CHECK(coming(wall("2025-12-31T09:20:00.1Z"), notice) == "in 5 min (09:20 UTC)");
  CHECK(coming(wall("2025-12-31T09:45:59.9Z"), notice) == "in 31 min (09:46 UTC)");
  CHECK(coming(wall("2026-01-01T09:15:00Z"), notice) == "in 1 d (2026-01-01 09:15 UTC)");
  CHECK(coming(wall("2025-12-31T09:14:59Z"), notice) == "at 09:14:59 UTC");
}

TEST_CASE("wording: a moment of another day carries its date, in the zone that is shown") {
  Notice notice;
  notice.at = wall("2025-12-31T20:00:00Z");
  CHECK(moment(wall("2025-12-31T09:10:00Z"), notice) == "09:10 UTC");
  CHECK(moment(wall("2025-12-30T23:10:00.250Z"), notice) == "2025-12-30 23:10 UTC");
  notice.shown.zone = testing::berlin();
  CHECK(moment(wall("2025-12-31T09:10:00Z"), notice) == "10:10 UTC+1");
  CHECK(moment(wall("2025-12-30T23:10:00.250Z"), notice) == "2025-12-31 00:10 UTC+1");
}

TEST_CASE("wording: what else is open on the host is a fact, on one line and bounded") {
  Notice notice = sample_delivery().notice;
  CHECK(facts(notice).back().name != "Also open here");
  notice.also_open = {"#12 DiskWillFill, level 2", "#14 a\nb, level 1"};
  CHECK(facts(notice).back().value == "#12 DiskWillFill, level 2; #14 a\\nb, level 1");
}

TEST_CASE("wording: what is not recorded says so") {
  Notice notice = sample_delivery().notice;
  CHECK(footnote(notice) == "the threshold was crossed");
  notice.recorded = false;
  CHECK(footnote(notice).find("NOT RECORDED") != std::string::npos);
  notice.reason = "";
  CHECK(footnote(notice).starts_with("NOT RECORDED"));
}

TEST_CASE("wording: the host is named once, and what is over says how bad it was") {
  Notice notice = sample_delivery().notice;
  notice.kind = NoticeKind::opened;
  notice.host = "web-1";
  const auto headline_of = [&](std::string title) {
    notice.title = std::move(title);
    return headline(notice);
  };
  CHECK(headline_of("the disk of web-1 is full").ends_with(": the disk of web-1 is full"));
  CHECK(headline_of("the disk is full").ends_with(": the disk is full on web-1"));
  CHECK(headline_of("web-12 does not answer").ends_with(" on web-1"));
  CHECK(headline_of("my-web-1 does not answer").ends_with(" on web-1"));
  CHECK(headline_of("the disk is full").starts_with("critical: "));
  notice.kind = NoticeKind::closed;
  CHECK(headline_of("the disk is full") == "was critical: the disk is full on web-1");
}

TEST_CASE("wording: a chart keeps peaks, shows gaps, and is left out where there is none") {
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline({0, 9, 0, 0}, 2) == "█▁");
  CHECK(sparkline({1, std::nan(""), 2}, 30) == "▁·█");
  CHECK(sparkline({5, 5, 5}, 30) == "▅▅▅");
  // Above the limit or below it, where that is near enough to leave a course.
  CHECK(sparkline({5, 5, 5}, 30, 4) == "███");
  CHECK(sparkline({0, 0}, 30, 1) == "▁▁");
  CHECK(sparkline({5, 5}, 30, 5) == "▅▅");
  CHECK(sparkline({6, 8}, 30, 4) == "▅█");
  CHECK(sparkline({6, 8}, 30, 3) == "▁█");
  NoticeAlert alert;
  alert.recent = {70, 30, std::nan("")};
  CHECK(chart_of(alert) == "█▁·");
  // From nothing on, all to one scale: what was seen stands out of the band, or does not.
  alert.band = {{60, 60, std::nan("")}, {40, 40, std::nan("")}, {80, 80, std::nan("")}};
  CHECK(chart_of(alert) == "saw █▄·  expected ▇▇·  usual ▅▅· to ██·");
  alert.recent = {1};
  CHECK(chart_of(alert).empty());
  CHECK(sparkline({}, 30).empty());
  CHECK(sparkline({1}, 30).empty());
  CHECK(sparkline({std::nan(""), std::nan("")}, 30).empty());
}

TEST_CASE("wording: only web addresses become links, and nothing in them ends the markup") {
  CHECK(safe_url("https://a.example/b?c=d&e#f") == "https://a.example/b?c=d&e#f");
  CHECK(safe_url("https://a.example/<b>|\"c\" `d`\n") ==
        "https://a.example/%3Cb%3E%7C%22c%22%20%60d%60%0A");
  CHECK(safe_url("javascript:alert(1)").empty());
  CHECK(safe_url("").empty());
  CHECK(safe_url("https://a/" + std::string(3000, 'x')).empty());
}

TEST_CASE("wording: unlisted alerts are counted") {
  Notice notice = sample_delivery().notice;
  CHECK(unlisted(notice, 1).empty());
  notice.alerts_total = 500;
  CHECK(unlisted(notice, 8) == "and 492 more");
}

TEST_CASE("wording: text is printable and bounded whatever it held") {
  CHECK(one_line("a\nb\x1b[2J\xff", 100) == "a\\nb\\x1b[2J\\xff");
  CHECK(one_line(std::string(10'000, '\x01'), 50).size() <= 50);
  CHECK(paragraph("one\r\ntwo\x1b\n", 100) == "one\ntwo\\x1b");
  CHECK(paragraph(std::string(100'000, 'x'), 200).size() <= 200);
}

TEST_CASE("wording: what the summary says of value and threshold is not said twice") {
  const Notice at = sample_delivery().notice;
  NoticeAlert alert = at.alerts[0];
  alert.summary = "93 % of the processor is busy (threshold above 80 %)";
  CHECK(alert_line(alert, at) == alert.summary + ", since 09:10 UTC (5 min)");
  alert.summary = "93 % of the processor is busy";
  CHECK(alert_line(alert, at) == alert.summary + " (above 80 %), since 09:10 UTC (5 min)");
  alert.summary = "0.93 % of 180 % and 80 %";
  CHECK(alert_line(alert, at) == alert.summary + ": 93 % (above 80 %), since 09:10 UTC (5 min)");
  alert.summary = "The job backup has failed";
  alert.value = "1";
  alert.threshold = "above 0";
  CHECK(alert_line(alert, at) == alert.summary + ", since 09:10 UTC (5 min)");
}
