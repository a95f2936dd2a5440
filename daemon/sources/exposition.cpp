#include "sources/exposition.hpp"

#include <utility>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::untyped:
      break;
  }
  return "untyped";
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  const std::string_view special = quotes ? "\\\n\"" : "\\\n";
  for (;;) {
    const std::size_t plain = text.find_first_of(special);
    out += text.substr(0, plain);
    if (plain == std::string_view::npos) {
      return;
    }
    out += '\\';
    out += text[plain] == '\n' ? 'n' : text[plain];
    text.remove_prefix(plain + 1);
  }
}

bool is_name_byte(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         (!first && c >= '0' && c <= '9');
}

std::string rendered(std::span<const LabelView> labels) {
  std::string out;
  for (const LabelView& label : labels) {
    if (label.value.empty()) {
      continue;
    }
    out += out.empty() ? '{' : ',';
    out += label.name;
    out += "=\"";
    append_escaped(out, valid_utf8(label.value), true);
    out += '"';
  }
  if (!out.empty()) {
    out += '}';
  }
  return out;
}

}  // namespace

std::string metric_name(std::string_view text) {
  std::string out(text.empty() ? "_" : text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!is_name_byte(out[i], i == 0)) {
      out[i] = '_';
    }
  }
  return out;
}

MetricFamily::MetricFamily(std::string name, MetricType type, std::string_view help)
    : name_(std::move(name)) {
  constexpr std::size_t kWords = 40;
  header_.reserve(2 * name_.size() + help.size() + kWords);
  header_ += "# HELP ";
  header_ += name_;
  header_ += ' ';
  append_escaped(header_, valid_utf8(help), false);
  header_ += "\n# TYPE ";
  header_ += name_;
  header_ += ' ';
  header_ += type_name(type);
  header_ += '\n';
}

void MetricFamily::add(std::span<const LabelView> labels, double value) {
  std::string series = rendered(labels);
  const auto [at, is_new] = seen_.insert(std::move(series));
  if (!is_new) {
    return;
  }
  lines_ += name_;
  lines_ += *at;
  lines_ += ' ';
  lines_ += format_number(value);
  lines_ += '\n';
}

MetricFamily& Exposition::family(std::string_view name, MetricType type, std::string_view help) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    return *found->second;
  }
  std::string valid = metric_name(name);
  if (const auto found = by_name_.find(valid); found != by_name_.end()) {
    return *found->second;
  }
  MetricFamily& made = families_.emplace_back(std::move(valid), type, help);
  by_name_.emplace(made.name_, &made);
  return made;
}

std::string Exposition::text() const {
  std::size_t bytes = 0;
  for (const MetricFamily& family : families_) {
    bytes += family.lines_.empty() ? 0 : family.header_.size() + family.lines_.size();
  }
  std::string out;
  out.reserve(bytes);
  for (const MetricFamily& family : families_) {
    if (!family.lines_.empty()) {
      out += family.header_;
      out += family.lines_;
    }
  }
  return out;
}

}  // namespace tocsin::sources
