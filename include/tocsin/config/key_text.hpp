// A row of the table of keys in words: what help, reference and man page have in common.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

/// The section's header, or what to call the top of a file.
[[nodiscard]] std::string header_text(const Section& section);
/// The type, or the words of which it is one.
[[nodiscard]] std::string type_text(const Key& key);
/// The default as one would write it, or "required"; "" where there is none.
[[nodiscard]] std::string default_text(const Key& key);
/// "1s to 1h", "at least 1"; "" where there are none.
[[nodiscard]] std::string bounds_text(const Key& key);

/// How a template of a notice is written: paragraphs, and verbatim lines after four spaces. The
/// fields are outbox::notice_fields.
inline constexpr std::string_view kNoticeTemplates =
    R"(What a `webhook` sends (`body`, `headers`, `path`) is a template of the notice:

    {{headline}} {{labels.env}} {{title | shorten 80 | upper}}
    {{if kind == "closed"}} ... {{else if drill}} ... {{else}} ... {{end}}
    {{each alerts 5}} {{alert.line}} {{if not last}},{{end}} {{end}}

`if` takes a field, `not` before it, `== "TEXT"` or `!= "TEXT"` behind it; a field that is empty
is no. `each` goes through `alerts`, `facts` or `lines`, through the first few where a number
follows. Filters are `shorten BYTES`, `upper`, `lower`, `html`, `markdown` and `code` (for within
backticks). A tag that has its line to itself takes the line with it.

Each field is escaped for where it stands: in JSON, in HTML, in a form or path, in a header; no
filter takes that away. A template reads nothing but these fields:)";

}  // namespace tocsin::config
