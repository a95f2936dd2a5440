// Records as text: one JSON object each, fields by name. What a text lacks keeps its default, so
// that records of an older version are read; what a text has besides is ignored; a field that
// contradicts its type makes the whole record unreadable.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"
#include "tocsin/model/record.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {

[[nodiscard]] std::string encode(const AlertKey& key);
[[nodiscard]] std::string encode(const Alert& alert);
[[nodiscard]] std::string encode(const Incident& incident);
[[nodiscard]] std::string encode(const TimelineEntry& entry);
[[nodiscard]] std::string encode(const Delivery& delivery);
[[nodiscard]] std::string encode(const Silence& silence);
[[nodiscard]] std::string encode(const EngineState& state);
[[nodiscard]] std::string encode(const RetiredReceiver& receiver);
[[nodiscard]] std::string encode(const LearnedBaseline& baseline);
[[nodiscard]] std::string encode(const series::SeriesEntry& entry);

/// One of the types above; ErrorCode::corrupt names the field that cannot be.
template <class T>
[[nodiscard]] Result<T> decode(std::string_view text);

}  // namespace tocsin::storage
