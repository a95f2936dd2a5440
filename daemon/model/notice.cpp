#include "tocsin/model/notice.hpp"

#include <fmt/format.h>

namespace tocsin {

std::string_view to_string(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::opened:
      return "opened";
    case NoticeKind::repeated:
      return "repeated";
    case NoticeKind::told_again:
      return "told again";
    case NoticeKind::updated:
      return "updated";
    case NoticeKind::severity_rose:
      return "severity rose";
    case NoticeKind::flapping:
      return "flapping";
    case NoticeKind::acknowledged:
      return "acknowledged";
    case NoticeKind::closed:
      return "closed";
    case NoticeKind::summary:
      return "summary";
    case NoticeKind::test:
      return "test";
    case NoticeKind::change:
      return "change";
  }
  return "unknown";
}

bool is_of_incident(NoticeKind kind) {
  return kind != NoticeKind::summary && kind != NoticeKind::test && kind != NoticeKind::change;
}

std::string step_words(int level, bool again, std::string_view when) {
  return again ? fmt::format("rings again {}", when) : fmt::format("level {} {}", level, when);
}

}  // namespace tocsin
