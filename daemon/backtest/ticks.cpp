#include "backtest/ticks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "tocsin/base/quantity.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::backtest {
namespace {

constexpr std::uint64_t kNoBits = series::kStaleBits;

std::string quoted_label(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// As an exposition body has it, names in UTF-8 quoted.
std::string exposition_text(const Labels& labels) {
  const std::string_view name = labels.get(kNameLabel);
  const bool plain = series::is_metric_name(name);
  std::string inner = plain ? "" : quoted_label(name);
  for (const LabelView& label : labels) {
    if (label.name == kNameLabel) continue;
    if (!inner.empty()) inner += ',';
    inner += series::is_label_name(label.name) ? std::string(label.name) : quoted_label(label.name);
    inner += "=" + quoted_label(label.value);
  }
  std::string text(plain ? name : std::string_view());
  if (!inner.empty()) text += "{" + inner + "}";
  return text + " ";
}

/// The shortest digits that read back.
void append_number(std::string& text, double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  if (!std::isfinite(value) || end.ec != std::errc()) {
    text += format_number(value);
  } else {
    text.append(digits.data(), end.ptr);
  }
}

}  // namespace

void SampleCursor::advance() {
  here_.reset();
  for (series::Sample sample;;) {
    if (reader_ && reader_->next(sample)) {
      if (series::is_stale(sample.value)) continue;
      here_ = sample;
      return;
    }
    if (next_ == chunks_->size()) return;
    reader_.emplace((*chunks_)[next_++]);
  }
}

TargetTicks::TargetTicks(const Recording& recording, std::size_t target)
    : up_(recording.targets[target].up), took_(recording.targets[target].took) {
  for (const RecordedSeries& each : recording.series) {
    if (each.target != target) continue;
    Line line{SampleCursor(each.chunks), exposition_text(each.labels), 0, kNoBits};
    line.value_at = line.text.size();
    lines_.push_back(std::move(line));
  }
  find_next();
}

void TargetTicks::find_next() {
  next_.reset();
  const auto consider = [this](const SampleCursor& cursor) {
    if (cursor.here() && (!next_ || cursor.here()->time < *next_)) next_ = cursor.here()->time;
  };
  consider(up_);
  for (const Line& line : lines_) consider(line.cursor);
}

Scrape TargetTicks::take() {
  Scrape scrape;
  scrape.body.reserve(body_bytes_);
  const series::Millis time = *next_;
  while (took_.here() && took_.here()->time < time) took_.advance();
  if (took_.at(time)) scrape.took = Duration(std::llround(took_.here()->value * 1000));
  if (up_.at(time)) {
    if (up_.here()->value != 1) {
      scrape.outcome = ScrapeOutcome::unavailable;
      scrape.detail = "as it was then";
    }
    up_.advance();
  }
  next_ = up_.here() ? std::optional(up_.here()->time) : std::nullopt;
  for (Line& line : lines_) {
    if (line.cursor.at(time)) {
      const double value = line.cursor.here()->value;
      if (const auto bits = std::bit_cast<std::uint64_t>(value); bits != line.bits) {
        line.text.resize(line.value_at);
        append_number(line.text, value);
        line.text += '\n';
        line.bits = bits;
      }
      if (scrape.outcome == ScrapeOutcome::answered) scrape.body += line.text;
      ++samples_;
      line.cursor.advance();
    }
    if (const auto& here = line.cursor.here(); here && (!next_ || here->time < *next_)) {
      next_ = here->time;
    }
  }
  body_bytes_ = std::max(body_bytes_, scrape.body.size());
  return scrape;
}

}  // namespace tocsin::backtest
