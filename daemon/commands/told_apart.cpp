#include "commands/told_apart.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "commands/ask.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

Labels label_set(const json::value& labels) {
  std::vector<Label> all;
  if (!labels.is_object()) return {};
  for (const auto& one : labels.get_object()) {
    if (!one.value().is_string()) continue;
    const auto& value = one.value().get_string();
    all.push_back({std::string(one.key()), std::string(value.data(), value.size())});
  }
  return Labels(all);
}

/// The end of a text in at most so many columns, of whole glyphs.
std::string_view end_of(std::string_view text, std::size_t width) {
  std::size_t start = 0;
  const auto inside = [&] { return (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80; };
  while (start < text.size() && (inside() || width_of(text.substr(start)) > width)) ++start;
  return text.substr(start);
}

}  // namespace

std::vector<std::string> labels_to_hide(const json::array& elements) {
  if (elements.size() < 2) return {};
  std::vector<Labels> all;
  std::vector<std::string> names;
  for (const json::value& element : elements) {
    all.push_back(label_set(member_of(element, "labels")));
    for (const LabelView each : all.back()) names.emplace_back(each.name);
  }
  // Where more than one of them would do: the job says least, and the instance most.
  const auto rank = [](const std::string& name) {
    return name == kNameLabel ? 0 : name == "job" ? 1 : name == "instance" ? 3 : 2;
  };
  std::sort(names.begin(), names.end(), [&rank](const std::string& a, const std::string& b) {
    return std::tuple(rank(a), a) < std::tuple(rank(b), b);
  });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const auto apart = [](const std::vector<Labels>& sets) {
    return std::set<Labels>(sets.begin(), sets.end()).size();
  };
  const std::size_t wanted = apart(all);
  if (wanted < 2) return {};
  std::vector<std::string> hidden;
  for (const std::string& name : names) {
    std::vector<Labels> fewer = all;
    for (Labels& each : fewer) each.remove(name);
    if (apart(fewer) < wanted) continue;
    all = std::move(fewer);
    hidden.push_back(name);
  }
  return hidden;
}

std::string labels_apart(const json::value& labels, const std::vector<std::string>& hidden) {
  return labels_apart(label_set(labels), hidden);
}

std::string labels_apart(const Labels& labels, const std::vector<std::string>& hidden) {
  std::string name;
  std::string inner;
  bool hides = false;
  for (const LabelView each : labels) {
    if (std::find(hidden.begin(), hidden.end(), each.name) != hidden.end()) {
      hides = true;
    } else if (each.name == kNameLabel) {
      name = each.value;
    } else {
      const std::string one = Labels({each}).to_string();
      inner += (inner.empty() ? "" : ", ") + one.substr(1, one.size() - 2);
    }
  }
  if (hides) inner += inner.empty() ? "…" : ", …";
  return printable(inner.empty() && !name.empty() ? name : name + "{" + inner + "}");
}

std::string cut_within(const std::string& text, std::size_t width) {
  if (width_of(text) <= width || width < 3) return cut_to(text, width);
  const std::string head = cut_to(text, width - width / 2);
  return head + std::string(end_of(text, width / 2));
}

}  // namespace tocsin::commands
