// Any text as a template of a notice, and as the value of its fields: a fault has its place within
// the text, what can be parsed is rendered within its bound or refused, and no value gets out of
// where it stands.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tocsin/base/check.hpp"
#include "tocsin/outbox/notice_template.hpp"

using namespace tocsin;
using namespace tocsin::outbox;

namespace {

constexpr std::size_t kMost = 4096;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Whether a value that is written so ends, or begins anything, where it stands.
bool stays_within(std::string_view text, Escaping escaping) {
  const auto none_of = [text](std::string_view marks) {
    return text.find_first_of(marks) == std::string_view::npos;
  };
  switch (escaping) {
    case Escaping::none:
      return true;
    case Escaping::json:
      for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"' || static_cast<unsigned char>(text[at]) < 0x20) return false;
        if (text[at] == '\\' && ++at == text.size()) return false;
      }
      return true;
    case Escaping::url:
      return none_of("/?#&=+ \"'<>\\") && std::none_of(text.begin(), text.end(), is_control);
    case Escaping::html:
      return none_of("<>\"");
    case Escaping::header:
      return std::none_of(text.begin(), text.end(), [](char c) {
        return is_control(c) || static_cast<unsigned char>(c) > 0x7e;
      });
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* const bytes = data;
  const std::string_view text(static_cast<const char*>(bytes), size);
  constexpr std::array kAll{Escaping::none, Escaping::json, Escaping::url, Escaping::html,
                            Escaping::header};
  for (const Escaping escaping : kAll)
    TOCSIN_CHECK(stays_within(escaped(text, escaping), escaping));

  const auto parsed = NoticeTemplate::parse(text);
  if (!parsed) {
    TOCSIN_CHECK(!parsed.error().empty());
    for (const TemplateFault& fault : parsed.error()) {
      TOCSIN_CHECK(!fault.text.empty());
      TOCSIN_CHECK(fault.offset <= text.size());
    }
    return 0;
  }
  NoticeValues values;
  for (const NoticeField& field : notice_fields()) values.fields[std::string(field.name)] = text;
  values.fields["labels.instance"] = text;
  values.fields["drill"] = "";
  for (const char* list : {"alerts", "facts", "lines"}) {
    NoticeValues::Fields one{{"alert.summary", std::string(text)},
                             {"alert.labels.path", std::string(text)},
                             {"fact.value", std::string(text)},
                             {"line.text", std::string(text)}};
    values.lists[list] = {one, one, one};
  }
  for (const Escaping escaping : kAll) {
    const auto rendered = parsed->render(values, escaping, kMost);
    TOCSIN_CHECK(rendered ? rendered->size() <= kMost : !rendered.error().text.empty());
  }
  return 0;
}
