// Risk: a man page that forgets a command or a key, or text that roff takes for its own.
#include "commands/manual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "commands/roff.hpp"
#include "support/text.hpp"
#include "tocsin/config/keys.hpp"
#include "tocsin/config/metrics.hpp"

using namespace tocsin::commands;
using tocsin::testing::holds;

namespace {

/// As the page writes it.
std::string in_roff(const std::string& text) {
  Roff page("X", 1, "", "", "");
  const std::size_t head = page.text().size();
  page.item(text, "");
  const std::string item = page.text().substr(head);
  const std::size_t start = item.find("\\fB") + 3;
  return item.substr(start, item.find("\\fR") - start);
}

std::string paragraph(const std::string& text) {
  Roff page("X", 1, "", "", "");
  const std::size_t head = page.text().size();
  page.paragraph(text);
  return page.text().substr(head);
}

}  // namespace

TEST_CASE("manual: tocsin(1) has every command, argument and example") {
  const Grammar all = grammar();
  const std::string page = program_manual(all);
  for (const Command& command : all) {
    CAPTURE(name_of(command));
    CHECK(
        (command.path.empty() || holds(page, ".SS \"tocsin " + in_roff(name_of(command)) + "\"\n" +
                                                 paragraph(usage_of(all, command)).substr(4))));
    for (const Argument& one : command.options)
      CHECK(holds(page, "\\fB" + in_roff(written(one)) + "\\fR\n"));
    if (command.path.empty()) continue;
    for (const Example& one : command.notes.examples)
      CHECK(holds(page, "\n" + in_roff(one.line) + "\n"));
  }
}

TEST_CASE("manual: tocsin.toml(5) has every section and key") {
  const std::string page = configuration_manual();
  for (const tocsin::config::Section& section : tocsin::config::sections()) {
    if (section.pattern.empty()) continue;
    const std::string header = in_roff(tocsin::config::header_of(section.pattern));
    CHECK_MESSAGE(holds(page, ".SS \"" + header + "\"\n"), header);
  }
  for (const tocsin::config::Key& key : tocsin::config::keys())
    CHECK_MESSAGE(holds(page, ".TP\n\\fB" + in_roff(std::string(key.name)) + "\\fR\n"), key.name);
}

TEST_CASE("manual: tocsin.toml(5) has every metric of every source") {
  std::string page = configuration_manual();
  std::replace(page.begin(), page.end(), '\n', ' ');
  for (const tocsin::config::MetricsOf& each : tocsin::config::metrics()) {
    for (const tocsin::config::Metric& metric : each.metrics) {
      CHECK_MESSAGE(holds(page, in_roff(tocsin::config::labels_text(metric))), metric.names);
      for (const std::string& name : tocsin::config::names_of(metric)) {
        CHECK_MESSAGE(holds(page, in_roff(name)), name);
      }
    }
  }
}

TEST_CASE("manual: the example of a rule is README's, which README's example of a test passes") {
  std::ifstream in(TOCSIN_SOURCE_DIR "/README.md");
  const std::string readme((std::istreambuf_iterator<char>(in)), {});
  const std::size_t from = readme.find("[rule.QueueStuck]");
  REQUIRE(from != std::string::npos);
  Roff rule("X", 1, "", "", "");
  const std::size_t head = rule.text().size();
  rule.verbatim(readme.substr(from, readme.find("```", from) - from));
  std::string shown = rule.text().substr(head);
  shown = shown.substr(shown.find("[rule"), shown.find("\n.fi") - shown.find("[rule"));
  CHECK_MESSAGE(holds(configuration_manual(), shown + "\n.fi"), shown);
}

TEST_CASE("manual: text cannot become a macro, an escape or another character") {
  CHECK(paragraph(".SH x") == ".PP\n\\&.SH x\n");
  CHECK(paragraph("'SH x") == ".PP\n\\(aqSH x\n");
  CHECK(paragraph(R"(a\fBb)") == ".PP\na\\efBb\n");
  CHECK(paragraph("first line\n.ab") == ".PP\nfirst line\n\\&.ab\n");
  CHECK(paragraph(std::string(78, 'x') + " .ab") == ".PP\n" + std::string(78, 'x') + "\n\\&.ab\n");
  CHECK(paragraph("One.\n.Two. Three") == ".PP\nOne.\n\\&.Two.\nThree\n");
  CHECK(paragraph("a-b \"c\" ~ ^ … µ") == ".PP\na\\-b \\(dqc\\(dq \\(ti \\(ha ... \\[u00B5]\n");
  CHECK(paragraph("see `--json`") == ".PP\nsee \\fB\\-\\-json\\fR\n");
  CHECK(paragraph("odd ` tick") == ".PP\nodd \\fB tick\\fR\n");
  CHECK(paragraph("\xff") == ".PP\n\\[uFFFD]\n");
}

TEST_CASE("manual: lines that begin with four spaces are shown as they are") {
  Roff page("X", 1, "", "", "");
  const std::size_t head = page.text().size();
  page.prose("\nwords\nmore\n\n    .code\n      deeper\n\n    end\n\nwords\n");
  CHECK(page.text().substr(head) ==
        ".PP\nwords\nmore\n"
        ".PP\n.RS 4\n.nf\n\\&.code\n  deeper\n\\&\nend\n.fi\n.RE\n"
        ".PP\nwords\n");
}
