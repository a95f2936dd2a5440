#include <re2/re2.h>

#include "sources/host/options.hpp"
#include "tocsin/base/check.hpp"

namespace tocsin::sources::host {

Result<Pattern> Pattern::make(std::string_view expression) {
  Pattern made;
  if (expression.empty()) {
    return made;
  }
  RE2::Options quiet;
  quiet.set_log_errors(false);
  auto compiled =
      std::make_shared<const RE2>(re2::StringPiece(expression.data(), expression.size()), quiet);
  if (!compiled->ok()) {
    return fail(ErrorCode::invalid,
                "regular expression '" + std::string(expression) + "': " + compiled->error());
  }
  made.compiled_ = std::move(compiled);
  return made;
}

Pattern Pattern::built_in(std::string_view expression) {
  Result<Pattern> made = make(expression);
  TOCSIN_CHECK(made.has_value());
  return *std::move(made);
}

bool Pattern::found_in(std::string_view text) const {
  return compiled_ && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

bool FieldPattern::found_in(const std::string& field) {
  const auto known = known_.find(field);
  return known != known_.end() ? known->second
                               : known_.emplace(field, pattern_.found_in(field)).first->second;
}

}  // namespace tocsin::sources::host
