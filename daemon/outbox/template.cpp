#include "tocsin/outbox/template.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "tocsin/base/text.hpp"

namespace tocsin::outbox {

namespace {

constexpr std::string_view kLabels = "labels.";

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = {"value", "threshold", "normal",
                                                 "rule",  "host",      "labels.NAME"};
  return names;
}

bool is_label_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (name.empty() || !letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// A stretch of text, or a field: what stands between the braces, without the spaces around it.
struct Piece {
  std::size_t offset = 0;  ///< of `written` in the template
  std::string_view written;
  std::string_view field;
  bool is_field = false;
  bool unended = false;
};

std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> found;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = std::min(text.find("{{", at), text.size());
    if (open > at) found.push_back({at, text.substr(at, open - at), {}, false, false});
    if (open == text.size()) break;
    const std::size_t end = text.find("}}", open + 2);
    const std::size_t next = std::min(text.find("{{", open + 2), text.size());
    if (next < end) {
      found.push_back({open, text.substr(open, next - open), {}, false, true});
      if (next == text.size()) break;
      at = next;
      continue;
    }
    found.push_back({open, text.substr(open, end + 2 - open),
                     trim(text.substr(open + 2, end - open - 2)), true, false});
    at = end + 2;
  }
  return found;
}

std::optional<std::string> value_of(std::string_view field, const TemplateValues& values) {
  if (field == "value") return values.value;
  if (field == "threshold") return values.threshold;
  if (field == "normal") return values.normal;
  if (field == "rule") return values.rule;
  if (field == "host") return values.host;
  if (field.starts_with(kLabels) && is_label_name(field.substr(kLabels.size()))) {
    const std::string_view name = field.substr(kLabels.size());
    std::string value = values.label ? values.label(name) : std::string();
    return value.empty() ? "(no " + std::string(name) + ")" : value;
  }
  return std::nullopt;
}

/// What stands behind the braces that do not end, up to a space or a brace.
std::string_view begun_field(const Piece& piece) {
  const std::string_view inside = piece.written.substr(2);
  const std::size_t start = std::min(inside.find_first_not_of(' '), inside.size());
  return inside.substr(0, inside.find_first_of(" }", start));
}

std::string fault_of(const Piece& piece) {
  if (piece.unended) {
    const std::string_view begun = trim(begun_field(piece));
    return "`{{` without its `}}`" +
           (value_of(begun, {}) ? ": did you mean `{{" + std::string(begun) + "}}`?" : "");
  }
  if (!piece.is_field || value_of(piece.field, {})) return {};
  if (piece.field.empty()) return "an empty field";
  if (piece.field.starts_with(kLabels)) {
    return "`" + std::string(piece.field.substr(kLabels.size())) + "` is no label name";
  }
  std::string text = "unknown field `" + std::string(piece.field) + "`";
  const std::string meant = nearest(piece.field, field_names());
  return meant.empty() ? text : text + ": did you mean `" + meant + "`?";
}

}  // namespace

std::vector<TemplateFault> template_faults(std::string_view text) {
  std::vector<TemplateFault> faults;
  for (const Piece& piece : pieces(text)) {
    std::string what = fault_of(piece);
    if (what.empty()) continue;
    const std::size_t length = piece.unended ? 2 + begun_field(piece).size() : piece.written.size();
    faults.push_back({piece.offset, length, std::move(what)});
  }
  return faults;
}

std::vector<TemplateLabel> template_labels(std::string_view text) {
  std::vector<TemplateLabel> labels;
  for (const Piece& piece : pieces(text)) {
    if (!piece.is_field || !piece.field.starts_with(kLabels)) continue;
    const std::string_view name = piece.field.substr(kLabels.size());
    if (!is_label_name(name)) continue;
    labels.push_back({static_cast<std::size_t>(name.data() - text.data()), std::string(name)});
  }
  return labels;
}

std::string render_template(std::string_view text, const TemplateValues& values) {
  std::string out;
  for (const Piece& piece : pieces(text)) {
    const auto value =
        piece.is_field ? value_of(piece.field, values) : std::optional<std::string>();
    out += value ? std::string_view(*value) : piece.written;
  }
  return out;
}

}  // namespace tocsin::outbox
