// Links that acknowledge one incident: what a notice carries where people reach the listener from
// outside. Whoever has one may acknowledge that incident until it expires, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/config/diagnostic.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin::app {

/// The key that signs them, out of the state folder; made there (readable by tocsin alone) where it
/// is missing or no key of ours. Blocks on the file system.
[[nodiscard]] Result<std::string> acknowledge_key(const std::string& state_folder);

/// A warning where the key is there and others than its owner may read or change it.
[[nodiscard]] std::optional<config::Diagnostic> exposed_key(const std::string& state_folder);

class AcknowledgeLinks {
 public:
  /// None are offered.
  AcknowledgeLinks() = default;
  AcknowledgeLinks(const config::Listen& listen, std::string key);

  /// How long those are good that are made from now on.
  void expire_after(Duration lasts) { lasts_ = lasts; }

  [[nodiscard]] bool offered() const { return !external_url_.empty(); }
  /// For the notice as it is sent; "" where none are offered or there is nothing to acknowledge.
  [[nodiscard]] std::string link_for(const Notice& notice, WallTime now) const;

  /// What of a link must be seen by nobody but whom it was sent to.
  [[nodiscard]] static std::string signature_of(std::string_view link) {
    return std::string(link.substr(link.rfind('.') + 1));
  }

  struct Link {
    IncidentId incident;
    WallTime opened;  ///< in whole seconds: a number that was given twice names another incident
    bool expired = false;
  };
  /// What stands behind `/ack/`. ErrorCode::denied where it is none of ours; as cheap for a
  /// stranger's as for our own.
  [[nodiscard]] Result<Link> read(std::string_view token, WallTime now) const;

 private:
  [[nodiscard]] Result<std::string> signature(std::string_view said) const;

  std::string external_url_;
  Duration lasts_{};
  std::string key_;
};

}  // namespace tocsin::app
