// Templates of what is sent to a receiver: a body, a header, a path.
//
//   {{host}}  {{labels.NAME}}  {{title | shorten 80 | upper}}     a field, through filters
//   {{if level == "1"}} … {{else if drill}} … {{else}} … {{end}}   `not FIELD`, `==`, `!=`
//   {{each alerts 5}} {{alert.summary}} {{if not last}}, {{end}} {{end}}
//
// A tag that has its line to itself takes the line with it. A template reads what it is given and
// nothing else; each field is escaped for where it stands, and no filter takes that away.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/outbox/template.hpp"

namespace tocsin::outbox {

/// What a notice's template may show: by name, as in `notice_fields`.
struct NoticeValues {
  using Fields = std::map<std::string, std::string, std::less<>>;
  Fields fields;
  std::map<std::string, std::vector<Fields>, std::less<>> lists;
};

struct NoticeField {
  std::string_view name;  ///< "alert.value" stands within {{each alerts}}; "…*" stands for any name
  std::string_view meaning;
};
/// All that there are, lists' own among them; "alerts", "facts" and "lines" are the lists.
[[nodiscard]] const std::vector<NoticeField>& notice_fields();

/// For what the text as a whole is: how a field is made harmless in it.
enum class Escaping {
  none,  ///< plain text
  json,  ///< within a text in quotes
  url,   ///< within a path or query
  html,
  header,  ///< an HTTP header: one line of ASCII, by RFC 2047 where it is more
};

class NoticeTemplate {
 public:
  /// All that is wrong with it, where anything is.
  [[nodiscard]] static tl::expected<NoticeTemplate, std::vector<TemplateFault>> parse(
      std::string_view text);
  /// ErrorCode::exhausted beyond `most` bytes.
  [[nodiscard]] Result<std::string> render(const NoticeValues& values, Escaping escaping,
                                           std::size_t most) const;

 private:
  struct Node;
  class Parser;
  class Renderer;
  std::shared_ptr<const std::vector<Node>> nodes_;
};

/// A text that begins with a field's value as it is: "application/json" and the like decide.
[[nodiscard]] Escaping escaping_for(std::string_view content_type);
[[nodiscard]] std::string escaped(std::string_view text, Escaping escaping);

}  // namespace tocsin::outbox
