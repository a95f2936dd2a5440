// The {{fields}} of a rule's texts: {{value}}, {{threshold}}, {{normal}} (what a baseline
// expected and saw, in a sentence), {{rule}}, {{host}}, {{labels.NAME}}.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::outbox {

struct TemplateValues {
  std::string rule;
  std::string host;
  std::string value;
  std::string threshold;
  std::string normal;
  std::function<std::string(std::string_view)> label;  ///< "" where there is none
};

/// Where a template is wrong: `length` bytes from `offset`.
struct TemplateFault {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;  ///< for people, with what was meant where that can be guessed
};

/// All that is wrong with it; empty where it is well.
[[nodiscard]] std::vector<TemplateFault> template_faults(std::string_view text);

/// `{{labels.NAME}}`: where the name stands.
struct TemplateLabel {
  std::size_t offset = 0;
  std::string name;
};
[[nodiscard]] std::vector<TemplateLabel> template_labels(std::string_view text);

/// What stands in for a field is plain text: braces in a label's value stay braces. Of a label that
/// is not there the text says so: "(no instance)". A field that is unknown, and what follows braces
/// that do not end, are shown as they are written.
[[nodiscard]] std::string render_template(std::string_view text, const TemplateValues& values);

}  // namespace tocsin::outbox
