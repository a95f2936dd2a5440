#include "sources/answer_words.hpp"

#include <string_view>

#include "tocsin/base/text.hpp"

namespace tocsin::sources {

std::string with_words(std::string detail, const loop::HttpResponse& response) {
  std::string_view words = trim(response.body);
  words = words.substr(0, words.find('\n'));
  if (!words.empty() && words.front() != '<') {
    detail += ": " + shortened(printable(valid_utf8(words)), 120);
  }
  return detail;
}

}  // namespace tocsin::sources
