// Expected failures are values. Kinds decide, texts explain.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace tocsin {

enum class ErrorCode {
  invalid,      ///< the input is wrong and will stay wrong
  not_found,    ///< what was named does not exist
  unavailable,  ///< the other side cannot be reached or does not work now
  timeout,
  exhausted,  ///< a limit of ours was reached
  corrupt,    ///< what was stored or received contradicts itself
  denied,
  internal,
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string text;

  /// The same error with "`what`: " before its text.
  [[nodiscard]] Error within(std::string_view what) const;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::invalid, "…")` from a function that returns a Result.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string text) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace tocsin
