// Risk: a page at night that says {{valeu}}, or a label's value that is taken for a template.
#include "tocsin/outbox/template.hpp"

#include <doctest/doctest.h>

using namespace tocsin::outbox;

namespace {

TemplateValues values() {
  TemplateValues v;
  v.rule = "ErrorRateHigh";
  v.host = "web-1";
  v.value = "0.9 %";
  v.threshold = "above 0.5 %";
  v.label = [](std::string_view name) {
    return name == "instance" ? std::string("10.0.0.1:8000") : std::string();
  };
  return v;
}

}  // namespace

TEST_CASE("template: fields are filled in, with or without spaces in their braces") {
  CHECK(render_template("{{value}} of requests fail ({{ threshold }}) on {{labels.instance}}",
                        values()) == "0.9 % of requests fail (above 0.5 %) on 10.0.0.1:8000");
  CHECK(render_template("{{rule}}@{{host}}", values()) == "ErrorRateHigh@web-1");
}

TEST_CASE("template: of a label that is not there the text says so") {
  CHECK(render_template("load is 9 on {{labels.device}}", values()) == "load is 9 on (no device)");
}

TEST_CASE("template: a hostile label value is plain text") {
  TemplateValues v = values();
  v.label = [](std::string_view) { return std::string("{{value}} }} {{"); };
  CHECK(render_template("{{labels.instance}}!", v) == "{{value}} }} {{!");
}

TEST_CASE("template: what is wrong is shown as it is written") {
  CHECK(render_template("a {{valeu}} b {{value", values()) == "a {{valeu}} b {{value");
  CHECK(render_template("", values()).empty());
  CHECK(render_template("{ {value} }", values()) == "{ {value} }");
}

TEST_CASE("template: faults carry their place and what was meant") {
  CHECK(template_faults("{{value}} {{threshold}} {{rule}} {{host}} {{labels.a_1}}").empty());
  const auto faults = template_faults("a {{valeu}} {{labels.1x}} {{}} {{");
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].offset == 2);
  CHECK(faults[0].length == 9);
  CHECK(faults[0].text == "unknown field `valeu`: did you mean `value`?");
  CHECK(faults[1].text == "`1x` is no label name");
  CHECK(faults[2].text == "an empty field");
  CHECK(faults[3].offset == 31);
  CHECK(faults[3].text == "`{{` without its `}}`");
}
