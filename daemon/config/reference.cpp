#include "tocsin/config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "known_metrics.hpp"
#include "report.hpp"
#include "tocsin/config/key_text.hpp"
#include "tocsin/config/keys.hpp"
#include "tocsin/config/metrics.hpp"
#include "tocsin/outbox/notice_template.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

using Path = std::vector<std::string>;

/// "[policy.*.notify[]]" and "[[policy.x.notify]]" alike: policy, *, notify.
Path path_of(std::string_view text) {
  Path path(1);
  for (const char c : text) {
    if (c == '.') {
      path.emplace_back();
    } else if (c != '[' && c != ']' && c != '"' && c != ' ') {
      path.back() += c;
    }
  }
  if (path.size() == 1 && path[0].empty()) path.clear();
  return path;
}

/// Whether the words name the pattern, a star's name left out or, where `named`, written.
bool names(const Path& pattern, std::size_t at, const Path& words, std::size_t word, bool named) {
  if (at == pattern.size()) return word == words.size();
  if (pattern[at] == "*") {
    return names(pattern, at + 1, words, word, named) ||
           (named && word < words.size() && names(pattern, at + 1, words, word + 1, named));
  }
  return word < words.size() && pattern[at] == words[word] &&
         names(pattern, at + 1, words, word + 1, named);
}

Path with_key(const Section& section, const Key& key) {
  Path path = path_of(section.pattern);
  path.emplace_back(key.name);
  return path;
}

bool is_source(const Section& section) {
  return section.pattern == "source.prometheus.*" || !metrics_of(section.pattern).empty();
}

/// What a source gives besides what the table can know.
std::string_view other_metrics(std::string_view pattern) {
  if (pattern == "source.prometheus.*") return ", besides what the endpoint serves";
  if (pattern == "source.http.*") return ", besides what `values` names";
  if (pattern == "source.postgres.*") return ", besides those of your own queries";
  return "";
}

/// Sections that take the key besides its own.
std::string elsewhere(const Key& key) {
  std::string out;
  for (const Section& section : sections()) {
    if (section.pattern == key.section || !stands_in(key, section.pattern)) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", header_text(section));
  }
  return out;
}

std::string about_key(const Key& key) {
  const auto row = [](std::string_view name, std::string_view value) {
    return value.empty() ? "" : fmt::format("  {:<9} {}\n", name, value);
  };
  std::string out = fmt::format("{}   in {}\n  {}\n\n", key.name,
                                header_text(*find_section(key.section)), key.meaning);
  out += row("type", fmt::format("{}: {}", type_text(key), form_of(key.type)));
  out += row("default", default_text(key));
  out += row("bounds", bounds_text(key));
  if (!key.kinds.empty()) out += row("of kind", listed(words(key.kinds)));
  out += row("also in", elsewhere(key));
  out += row("example", fmt::format("{} = {}", key.name, key.example));
  return out;
}

/// One line a name, for whoever looks for one among many.
std::string metric_lines(std::span<const Metric> given) {
  std::string out;
  for (const Metric& metric : given) {
    for (const std::string& name : names_of(metric)) {
      out += fmt::format("  {:<36} {:<8} {}\n", series_text(name, metric), to_string(metric.kind),
                         metric.meaning);
    }
  }
  return out;
}

/// "" of what is no source.
std::string metrics_text(const Section& section) {
  if (!is_source(section)) return "";
  std::string out = fmt::format("\n  Its metrics, each with the labels job and instance{}:\n",
                                other_metrics(section.pattern));
  return out + metric_lines(metrics_of(section.pattern)) + metric_lines(metrics_of(""));
}

std::string about_section(const Section& section) {
  std::string out = fmt::format("{}\n  {}\n", header_text(section), section.meaning);
  if (!section.keys_of.empty()) {
    out += fmt::format("  It takes the keys of {}{}.\n", header_of(section.keys_of),
                       section.many ? " that many rules can share" : "");
  }
  out += "\n";
  for (const Key& key : keys()) {
    if (!stands_in(key, section.pattern)) continue;
    out += fmt::format("  {:<22} {}\n", key.name, key.meaning);
  }
  const Path path = path_of(section.pattern);
  for (const Section& inner : sections()) {
    const Path below = path_of(inner.pattern);
    if (path.empty() || below.size() <= path.size() ||
        !std::equal(path.begin(), path.end(), below.begin())) {
      continue;
    }
    out += fmt::format("  {:<22} {}\n", header_of(inner.pattern), inner.meaning);
  }
  return out + metrics_text(section);
}

/// "" where no source gives a metric of that name.
std::string about_metric(std::string_view name) {
  for (const MetricsOf& each : metrics()) {
    for (const Metric& metric : each.metrics) {
      const std::vector<std::string> names = names_of(metric);
      if (std::find(names.begin(), names.end(), name) == names.end()) continue;
      std::string labels = "job, instance";
      for (const std::string& label : words(metric.labels)) labels += ", " + label;
      return fmt::format("{}   a metric of {}\n  {}\n\n  {:<9} {}\n  {:<9} {}\n", name,
                         each.section.empty() ? "every target" : header_of(each.section),
                         metric.meaning, "type", to_string(metric.kind), "labels", labels);
    }
  }
  return "";
}

/// A section and the names of its keys.
std::string in_short(const Section& section) {
  std::string out = fmt::format("{}   {}\n", header_text(section), section.meaning);
  std::string line = " ";
  for (const Key& key : keys()) {
    if (key.section != section.pattern) continue;
    if (line.size() + key.name.size() > 90) {
      out += line + "\n";
      line = " ";
    }
    line += fmt::format(" {}", key.name);
  }
  if (!section.keys_of.empty()) line += fmt::format(" and those of {}", header_of(section.keys_of));
  return out + line + "\n";
}

std::string overview() {
  std::string out;
  for (const Section& section : sections()) out += in_short(section);
  return out + "\n`tocsin config --help KEY` tells all of a key or a section.\n";
}

/// A cell of a Markdown table: no bar in it ends it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : fmt::format("`{}`", cell(text));
}

std::string described(const Key& key) {
  std::string out(key.meaning);
  if (!key.kinds.empty()) out += fmt::format(" Of kind {} only.", listed(words(key.kinds)));
  return cell(out);
}

std::string default_cell(const Key& key) {
  return key.required || !key.needed_by.empty() ? cell(default_text(key)) : code(key.otherwise);
}

void add_metric_rows(std::span<const Metric> given, std::string& out) {
  out += "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const Metric& metric : given) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", fmt::join(names_of(metric), "`, `"),
                       to_string(metric.kind), labels_text(metric), cell(metric.meaning));
  }
}

void add_metrics(const Section& section, std::string& out) {
  const std::span<const Metric> given = metrics_of(section.pattern);
  if (!is_source(section) || given.empty()) return;
  out += fmt::format("\nWhat it gives{}:\n\n", other_metrics(section.pattern));
  add_metric_rows(given, out);
}

void add_section(const Section& section, std::string& out) {
  out += section.pattern.empty() ? "\n## The top of a file\n\n"
                                 : fmt::format("\n## `{}`\n\n", header_of(section.pattern));
  out += fmt::format("{}\n", section.meaning);
  if (!section.keys_of.empty()) {
    out += fmt::format("It takes the keys of `{}`{}.\n", header_of(section.keys_of),
                       section.many ? " that many rules can share" : "");
  }
  std::string rows;
  for (const Key& key : keys()) {
    if (key.section != section.pattern) continue;
    rows +=
        fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key.name, cell(type_text(key)),
                    default_cell(key), cell(bounds_text(key)), described(key), code(key.example));
  }
  if (!rows.empty()) {
    out += "\n| key | value | default | bounds | meaning | example |\n|---|---|---|---|---|---|\n" +
           rows;
  }
  add_metrics(section, out);
}

/// The sections that the words lead to, each with its keys, in short.
std::string about_below(const Path& asked) {
  std::string out;
  for (const Section& section : sections()) {
    const Path path = path_of(section.pattern);
    if (path.size() <= asked.size() || !std::equal(asked.begin(), asked.end(), path.begin()))
      continue;
    out += (out.empty() ? "" : "\n") + in_short(section);
  }
  if (!out.empty()) out += "\n`tocsin config --help KEY` tells all of a key or a section.\n";
  return out;
}

/// All that the words name; "" where that is nothing.
std::string about(const Path& asked, bool named) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "\n") + text; };
  for (const Section& section : sections()) {
    if (!asked.empty() && names(path_of(section.pattern), 0, asked, 0, named)) {
      add(about_section(section));
    }
  }
  std::vector<const Key*> told;
  for (const Section& section : sections()) {
    for (const Key& key : keys()) {
      if (!stands_in(key, section.pattern)) continue;
      if (std::find(told.begin(), told.end(), &key) != told.end()) continue;
      const bool by_path = names(with_key(section, key), 0, asked, 0, named);
      if (!by_path && !(asked.size() == 1 && asked[0] == key.name)) continue;
      told.push_back(&key);
      add(about_key(key));
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> words_with_help() {
  std::vector<std::string> all;
  const auto add = [&all](std::string word) {
    if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(std::move(word));
  };
  const auto joined = [](const Path& path) {
    std::string out;
    for (const std::string& part : path) {
      if (part != "*") out += (out.empty() ? "" : ".") + part;
    }
    return out;
  };
  for (const Key& key : keys()) add(std::string(key.name));
  for (const Section& section : sections()) {
    add(joined(path_of(section.pattern)));
    for (const Key& key : keys()) {
      if (stands_in(key, section.pattern)) add(joined(with_key(section, key)));
    }
  }
  for (const std::string& name : known_metrics()) add(name);
  return all;
}

Result<std::string> help_about(std::string_view word) {
  if (word.empty()) return overview();
  const Path asked = path_of(word);
  for (const bool named : {false, true}) {
    if (std::string said = about(asked, named); !said.empty()) return said;
  }
  if (std::string said = about_metric(word); !said.empty()) return said;
  if (std::string said = about_below(asked); !said.empty()) return said;
  return fail(
      ErrorCode::not_found,
      fmt::format("no key, no section and no metric is called `{}`; {}", word,
                  did_you_mean(word, words_with_help(), "`tocsin config --help` lists them all")));
}

std::string reference_page() {
  std::string out =
      "# tocsin.toml\n\n"
      "`/etc/tocsin/tocsin.toml`, then `conf.d/*.toml`, then `rules.d/*.toml`, in the order of "
      "their names. A section may be spread over files; a key and a name stand once. This page is "
      "made of the table that validates (`tocsin config --reference`).\n";
  for (const Section& section : sections()) add_section(section, out);
  out +=
      "\n## Metrics of every target\n\nEach series has the labels job and instance; `labels` adds "
      "others.\n\n";
  add_metric_rows(metrics_of(""), out);
  out += "\n## How values are written\n\n";
  for (int type = 0; type <= static_cast<int>(Type::text_template); ++type) {
    const Type each = static_cast<Type>(type);
    out += fmt::format("- {}: {}\n", to_string(each), form_of(each));
  }
  out += "\n## Templates of notices\n\n" + std::string(kNoticeTemplates) + "\n\n";
  for (const outbox::NoticeField& field : outbox::notice_fields())
    out += fmt::format("- `{}`: {}\n", field.name, field.meaning);
  return out;
}

}  // namespace tocsin::config
