// Exposition text, version 0.0.4, and OpenMetrics 1.0: read strictly, sample by sample. A body that
// breaks the format is refused with line and column, for half a body is no answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::series {

/// Where a piece of text stands in the body; both count from 1, columns in bytes.
struct TextPosition {
  std::size_t line = 1;
  std::size_t column = 1;
};

struct ExpositionSample {
  std::string_view series;  ///< the bytes that name it, within the body
  TextPosition position;    ///< of `series`
  double value = 0;
  bool as_hinted = false;  ///< `series` has the bytes of the hint, so it needs no second look
};

class ExpositionReader {
 public:
  ExpositionReader(std::string_view body, ExpositionFormat format);

  /// The next sample; false at the end or at the first error. `hint` is a series' text that was
  /// valid before and that probably comes next. Timestamps and exemplars are read and left out.
  bool next(ExpositionSample& out, std::string_view hint);
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool read_comment();
  bool read_metadata(std::string_view keyword);
  bool read_sample(ExpositionSample& out, std::string_view hint);
  bool read_series(std::string_view hint, bool& as_hinted);
  bool skip_label_set();
  bool read_value(double& value);
  bool read_timestamp();
  bool read_exemplar();
  bool finish();
  bool separator(std::string_view before);
  [[nodiscard]] std::string_view word();
  void skip_blanks();
  bool wrong(std::string_view what) { return wrong_at(at_, what); }
  bool wrong_at(std::size_t at, std::string_view what);
  [[nodiscard]] bool at_line_end() const { return at_ >= line_end_; }
  [[nodiscard]] bool open_metrics() const { return format_ == ExpositionFormat::openmetrics; }

  std::string_view body_;
  ExpositionFormat format_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t line_end_ = 0;
  std::size_t line_ = 0;
  std::size_t next_line_ = 0;  ///< offset
  bool ended_ = false;         ///< `# EOF` was read
  std::optional<Error> error_;
};

struct SeriesFault {
  std::size_t offset = 0;  ///< in the series' text
  std::string text;
};

/// The labels that a series' text names, `__name__` among them, in its order. Labels with an empty
/// value are kept: they say that the body wants the label to be absent.
[[nodiscard]] tl::expected<std::vector<Label>, SeriesFault> read_series_text(
    std::string_view text, ExpositionFormat format);
/// The same; the error says line and column in the body.
[[nodiscard]] Result<std::vector<Label>> parse_series_text(std::string_view text,
                                                           ExpositionFormat format,
                                                           TextPosition position = {});

/// A metric's name in the classic character set: [a-zA-Z_:][a-zA-Z0-9_:]*.
[[nodiscard]] bool is_metric_name(std::string_view text);
/// A label's name in the classic character set: [a-zA-Z_][a-zA-Z0-9_]*.
[[nodiscard]] bool is_label_name(std::string_view text);

}  // namespace tocsin::series
