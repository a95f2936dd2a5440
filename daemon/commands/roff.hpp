// A man page in roff's man macros, piece by piece. Text is plain; what stands in backquotes becomes
// bold, everything else is shown as it is written.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::commands {

class Roff {
 public:
  /// What stands at the top and the bottom of the page.
  Roff(std::string_view name, int section, std::string_view date, std::string_view source,
       std::string_view manual);

  void section(std::string_view title);
  void subsection(std::string_view title);
  void paragraph(std::string_view text);
  /// A term, bold, and below it, indented, what it means.
  void item(std::string_view term, std::string_view text);
  /// Another paragraph of the item before.
  void item_paragraph(std::string_view text);
  /// As it is written, line by line, indented. Within an item further than that.
  void verbatim(std::string_view text);
  /// Paragraphs that are apart by an empty line; lines that begin with four spaces are verbatim.
  void prose(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool fresh_ = false;  ///< a title has just been written
};

}  // namespace tocsin::commands
