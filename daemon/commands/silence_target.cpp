#include "commands/silence_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cctype>
#include <map>
#include <set>
#include <vector>

#include "commands/ask.hpp"
#include "tocsin/model/incident.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::commands {

namespace {

constexpr const char* kRuleLabel = "alertname";

/// As a regular expression that matches it alone.
std::string quoted_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) == 0 && c != '_') out += '\\';
    out += c;
  }
  return out;
}

/// The labels that every alert has with the same value.
std::map<std::string, std::string> shared_labels(const boost::json::array& alerts) {
  std::map<std::string, std::string> shared;
  bool first = true;
  for (const boost::json::value& alert : alerts) {
    const boost::json::value& labels = member_of(alert, "labels");
    if (first && labels.is_object()) {
      for (const auto& label : labels.get_object()) {
        const std::string name(label.key().data(), label.key().size());
        shared[name] = text_of(labels, name);
      }
    }
    first = false;
    std::erase_if(shared,
                  [&labels](const auto& one) { return text_of(labels, one.first) != one.second; });
  }
  return shared;
}

}  // namespace

bool rule_meant(std::string_view word) {
  return !word.empty() && !incident_named(word) &&
         word.find_first_of("{}=~!\"'`, ") == std::string_view::npos;
}

std::string matchers_of_rule(std::string_view rule) {
  const auto matcher = Matcher::make(kRuleLabel, MatchOp::equal, std::string(rule));
  return matcher ? Matchers({*matcher}).to_string() : "";
}

Result<std::string> matchers_of_incident(const boost::json::value& incident) {
  const std::string name = fmt::format("incident {:.0f}", number_of(incident, "id"));
  if (text_of(incident, "state") == "closed" || !member_of(incident, "group").is_string())
    return fail(ErrorCode::not_found, name + " is closed: there is nothing to silence");
  const boost::json::array& alerts = array_of(incident, "alerts");
  if (alerts.empty())
    return fail(ErrorCode::not_found, name + " has no alerts of its own: silence by matchers");
  std::set<std::string> rules;
  for (const boost::json::value& alert : alerts) rules.insert(text_of(alert, "rule"));
  std::string pattern;
  for (const std::string& rule : rules)
    pattern += (pattern.empty() ? "" : "|") + (rules.size() > 1 ? quoted_name(rule) : rule);
  std::vector<Matcher> all;
  // One that was left out would silence more than is meant.
  const auto add = [&all](const std::string& label, MatchOp op,
                          const std::string& value) -> Result<void> {
    auto matcher = Matcher::make(label, op, value);
    if (!matcher) return tl::unexpected(matcher.error().within(label));
    all.push_back(std::move(*matcher));
    return {};
  };
  auto added = add(kRuleLabel, rules.size() > 1 ? MatchOp::regex : MatchOp::equal, pattern);
  for (const auto& [label, value] : shared_labels(alerts))
    if (added && label != kRuleLabel) added = add(label, MatchOp::equal, value);
  if (!added) return tl::unexpected(added.error());
  return Matchers(std::move(all)).to_string();
}

}  // namespace tocsin::commands
