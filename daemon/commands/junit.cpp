#include <fmt/format.h>

#include "commands/rule_tests.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

/// XML has no place for control characters, xml or not: they become visible.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : html_escaped(valid_utf8(text))) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "&#10;";
    else if (byte < 0x20U || byte == 0x7fU)
      out += "?";
    else
      out += c;
  }
  return out;
}

std::string test_case(const FileOutcome& file, const TestOutcome& outcome) {
  std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"",
                                xml(file.file), xml(outcome.test->name), outcome.seconds);
  if (outcome.failures.empty()) return out + "/>\n";
  out += ">\n";
  for (const ruletest::Failure& failure : outcome.failures) {
    out += fmt::format("      <failure message=\"{}\">{}</failure>\n", xml(failure.what),
                       xml(ruletest::render(*file.suite, *outcome.test, failure)));
  }
  return out + "    </testcase>\n";
}

std::string bad_file(const FileOutcome& file) {
  return fmt::format(
      "    <testcase classname=\"{0}\" name=\"{0}\" time=\"0\">\n"
      "      <error message=\"the file is wrong\">{1}</error>\n    </testcase>\n",
      xml(file.file), xml(config::render(file.diagnostics)));
}

}  // namespace

std::string junit_xml(const std::vector<FileOutcome>& files) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tocsin test\">\n";
  for (const FileOutcome& file : files) {
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.6f}\">\n",
        xml(file.file), file.suite ? file.tests.size() : 1, file.failed(), file.suite ? 0 : 1,
        file.seconds());
    if (!file.suite) out += bad_file(file);
    for (const TestOutcome& outcome : file.tests) out += test_case(file, outcome);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace tocsin::commands
