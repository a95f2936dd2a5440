// Typed reading of a section that the survey has checked. A key that is absent, or that was already
// reported as wrong, gives the default of its row in the key table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convert.hpp"
#include "survey.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

class Fields {
 public:
  /// Of several tables the first that has a key counts: an override before its rule. A section that
  /// is nowhere has no table; `place` is its header, or the best that there is.
  Fields(std::string_view section, std::vector<const Value*> tables, Place place,
         const KeyTable& keys = configuration_keys())
      : keys_(keys), section_(section), tables_(std::move(tables)), place_(place) {}
  /// All tables of a section that stands for itself.
  Fields(std::string_view section, const Survey& survey,
         const KeyTable& keys = configuration_keys());

  /// Naming a key that the table does not know is a fault of ours.
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Whether `name` stands in a table that counts before the one that `other` stands in: an
  /// override's before its rule's. Both are there.
  [[nodiscard]] bool before(std::string_view name, std::string_view other) const;
  /// Of the key's value, or of the section's header.
  [[nodiscard]] Place place(std::string_view name) const;
  [[nodiscard]] Place place() const { return place_; }

  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  [[nodiscard]] std::uint64_t count(std::string_view name) const;
  [[nodiscard]] std::uint64_t size(std::string_view name) const;
  [[nodiscard]] Duration duration(std::string_view name) const;
  [[nodiscard]] std::optional<Duration> maybe_duration(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  /// The labels of all tables; of a label that stands in several the first counts.
  [[nodiscard]] Labels labels(std::string_view name) const;
  [[nodiscard]] Secret secret(std::string_view name) const;

 private:
  [[nodiscard]] Value otherwise(std::string_view name) const;

  const KeyTable& keys_;
  std::string_view section_;
  std::vector<const Value*> tables_;
  Place place_;
};

/// `timeout`, which is at most `every`; `what` must end before the next begins.
[[nodiscard]] Duration read_timeout(const Fields& fields, Duration every, std::string_view what,
                                    Report& report);

}  // namespace tocsin::config
