// Templates of notices. Risk: a label that breaks out of the text around it; a mistake that shows
// only on the night when the notice is sent; a template that never ends.
#include "tocsin/outbox/notice_template.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using outbox::Escaping;
using outbox::NoticeTemplate;

namespace {

outbox::NoticeValues template_values() {
  outbox::NoticeValues values;
  values.fields = {{"host", "web-1"},      {"kind", "opened"}, {"severity", "critical"},
                   {"drill", ""},          {"level", "2"},     {"headline", "a \"b\" <c> {{host}}"},
                   {"labels.env", "pro/d"}};
  for (const char* name : {"A", "B", "C"}) {
    values.lists["alerts"].push_back({{"alert.rule", name}, {"alert.labels.zone", "z"}});
  }
  return values;
}

std::string shown(std::string_view text, Escaping escaping = Escaping::none,
                  const outbox::NoticeValues& values = template_values()) {
  const auto made = NoticeTemplate::parse(text);
  if (!made) return "faults: " + made.error().front().text;
  return made->render(values, escaping, 10'000).value_or("too much");
}

std::string faults_of(std::string_view text) {
  const auto made = NoticeTemplate::parse(text);
  if (made) return "";
  std::string all;
  for (const auto& fault : made.error()) {
    all += std::string(text.substr(fault.offset, fault.length)) + ": " + fault.text + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("notice template: fields, filters, branches and lists") {
  CHECK(shown("{{host}} {{ labels.env }} {{labels.none}}.") == "web-1 pro/d .");
  CHECK(shown("{{kind | upper}} {{headline | shorten 6}} {{severity | shorten 99 | upper}}") ==
        "OPENED a \"… CRITICAL");
  CHECK(shown("{{if drill}}D{{else if level == \"2\"}}two{{else}}other{{end}}") == "two");
  CHECK(shown("{{if level != \"2\"}}no{{end}}{{if not drill}}real{{end}}") == "real");
  CHECK(shown("{{if not level == \"2\"}}no{{else}}yes{{end}}") == "yes");
  CHECK(shown("{{each alerts}}{{alert.rule}}/{{alert.labels.zone}}/{{host}}{{if not last}}, "
              "{{end}}{{end}}") == "A/z/web-1, B/z/web-1, C/z/web-1");
  CHECK(shown("{{each alerts 2}}{{alert.rule}}{{if not last}},{{end}}{{end}}") == "A,B");
  CHECK(shown("{{each lines}}x{{end}}") == "");
  CHECK(shown("{\"a\":{\"b\":\"{{host}}\"}}") == "{\"a\":{\"b\":\"web-1\"}}");
  CHECK(shown("") == "");
}

TEST_CASE("notice template: a tag that has its line to itself takes the line with it") {
  CHECK(shown("a\n  {{if host}}\nb\n  {{else}}\nc\n  {{end}}\nd\n") == "a\nb\nd\n");
  CHECK(shown("{{each alerts}}\n- {{alert.rule}}\n{{end}}") == "- A\n- B\n- C\n");
  CHECK(shown("a {{if host}}b{{end}}\nc") == "a b\nc");
}

TEST_CASE("notice template: a value is a value, wherever it stands") {
  CHECK(shown("{{headline}}") == "a \"b\" <c> {{host}}");
  CHECK(shown("{{headline}}", Escaping::json) == R"(a \"b\" <c> {{host}})");
  CHECK(shown("<i>{{headline}}</i>", Escaping::html) ==
        "<i>a &quot;b&quot; &lt;c&gt; {{host}}</i>");
  CHECK(shown("/{{labels.env}}/{{headline}}", Escaping::url) ==
        "/pro%2Fd/a%20%22b%22%20%3Cc%3E%20%7B%7Bhost%7D%7D");
  auto values = template_values();
  values.fields["headline"] = "x\r\nX-Evil: 1\x1b[31m\x7f\\";
  CHECK(shown("{{headline}}", Escaping::header, values) == "x\\r\\nX-Evil: 1\\x1b[31m\\x7f\\");
  CHECK(shown("{{headline}}", Escaping::json, values) == R"(x\u000d\nX-Evil: 1\u001b[31m\u007f\\)");
  values.fields["headline"] = "🔴 naïve";
  CHECK(shown("{{headline}}", Escaping::header, values) == "=?UTF-8?B?8J+UtCBuYcOvdmU=?=");
  values.fields["headline"] = "=?UTF-8?B?eA==?=";
  CHECK(shown("{{headline}}", Escaping::header, values) == "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
  values.fields["headline"] = "[a](b) *c* @here `d`";
  CHECK(shown("{{headline | markdown}}", Escaping::none, values) ==
        "\\[a\\]\\(b\\) \\*c\\* \\@here \\`d\\`");
  CHECK(shown("`{{headline | code}}`", Escaping::none, values) == "`[a](b) *c* @here 'd'`");
}

TEST_CASE("notice template: the content type decides") {
  CHECK(outbox::escaping_for("application/json; charset=utf-8") == Escaping::json);
  CHECK(outbox::escaping_for("Application/Problem+JSON") == Escaping::json);
  CHECK(outbox::escaping_for("text/plain") == Escaping::none);
  CHECK(outbox::escaping_for("text/html") == Escaping::html);
  CHECK(outbox::escaping_for("application/x-www-form-urlencoded") == Escaping::url);
}

TEST_CASE("notice template: every mistake is found at its place") {
  CHECK(faults_of("{{hots}}") == "hots: unknown field `hots`: did you mean `host`?\n");
  CHECK(faults_of("x {{host | uper}}") == "uper: unknown filter `uper`: did you mean `upper`?\n");
  CHECK(faults_of("{{host | shorten}} {{host | shorten x}}") ==
        "shorten: `shorten` needs a number of bytes\nx: `shorten` needs a number of bytes\n");
  CHECK(faults_of("{{alert.rule}}") ==
        "alert.rule: `alert.rule` stands within {{each alerts}} only\n");
  CHECK(faults_of("{{alerts}}") == "alerts: `alerts` is a list: {{each alerts}} goes through it\n");
  CHECK(faults_of("a {{if host}} b") == "{{if host}}: `if` without its `{{end}}`\n");
  CHECK(faults_of("a {{end}} b") == "{{end}}: `end` without its `{{if}}` or `{{each}}`\n");
  CHECK(faults_of("{{each rules}}{{end}}") ==
        "rules: `each` goes through `alerts`, `facts` or `lines`\n");
  CHECK(faults_of("{{each alerts 0}}{{end}}") == "0: `0` is no number of entries\n");
  CHECK(faults_of("{{each alerts}}{{each lines}}{{end}}{{end}}") ==
        "{{each lines}}: an `each` within an `each`\n");
  CHECK(faults_of("{{if host = \"a\"}}{{end}}") ==
        "=: expected `== \"TEXT\"`, `!= \"TEXT\"` or nothing\n");
  CHECK(faults_of("{{if}}{{end}}") == "{{if}}: `if` needs a field\n");
  CHECK(faults_of("{{if host}}{{else}}{{else}}{{end}}") == "{{else}}: a second `else`\n");
  CHECK(faults_of("{{}} {{host") == "{{}}: an empty field\n{{: `{{` without its `}}`\n");
  CHECK(faults_of("{{host host}}") == "host: expected `|` and a filter\n");
  CHECK(faults_of("{{last}}") == "last: `last` stands within {{each alerts}} only\n");
  CHECK(faults_of("{{if host}}{{end x}}") == "x: nothing may stand after `end`\n");
}

TEST_CASE("notice template: nothing is read that was not given, and it ends") {
  for (const char* text : {"{{file \"/etc/passwd\"}}", "{{env.HOME}}", "{{secret}}",
                           "{{include x}}", "{{credential:x}}", "{{url}}", "{{host | raw}}"}) {
    CHECK_FALSE(NoticeTemplate::parse(text).has_value());
  }
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "{{if host}}";
  CHECK_FALSE(NoticeTemplate::parse(deep).has_value());
  const auto much = NoticeTemplate::parse("{{each alerts}}{{each lines}}{{end}}{{end}}");
  CHECK_FALSE(much.has_value());
  const auto made = NoticeTemplate::parse("{{each alerts}}0123456789{{end}}");
  REQUIRE(made.has_value());
  CHECK(made->render(template_values(), Escaping::none, 30).has_value());
  const auto over = made->render(template_values(), Escaping::none, 29);
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().code == ErrorCode::exhausted);
}

TEST_CASE("notice template: broken in any way, it is refused or rendered, never more") {
  const std::string text =
      "{{if host == \"a\"}}{{each alerts 2}}{{alert.rule | shorten "
      "3}}{{end}}{{else}}{{host}}{{end}}";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char* with : {"", "{", "}", "\"", "|", " ", "{{", "}}", "end"}) {
      const std::string broken = text.substr(0, at) + with + text.substr(at + 1);
      const auto made = NoticeTemplate::parse(broken);
      if (made) CHECK(made->render(template_values(), Escaping::json, 10'000).has_value());
      if (!made) {
        for (const auto& fault : made.error()) CHECK(fault.offset + fault.length <= broken.size());
      }
    }
  }
}
