// A receiver's own words: what its templates (`mark`, `severity`, `title`, `facts`,
// `text`, `next`, `actions`) make of
// a notice of any kind, in place of what it brings. The form of the message stays tocsin's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "receivers/receiver.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

struct OwnWords {
  Delivery delivery;
  std::string fault;  ///< why the notice's words stand where a template's should; or ""
};
/// A template that fails, or a title that comes to nothing, leaves the notice's words. Pure.
[[nodiscard]] OwnWords in_own_words(const config::ReceiverDefinition& definition, Delivery delivery,
                                    std::string_view program = kProgram);

/// What goes wrong with the templates for one notice of each kind; "" where nothing does.
[[nodiscard]] std::string own_words_trouble(const config::ReceiverDefinition& definition);

/// Tells `inner` in those words; is `inner` where the definition has none.
[[nodiscard]] std::unique_ptr<Receiver> with_own_words(const config::ReceiverDefinition& definition,
                                                       std::unique_ptr<Receiver> inner,
                                                       const std::string& program);

}  // namespace tocsin::receivers
