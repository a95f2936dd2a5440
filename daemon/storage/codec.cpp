#include "storage/codec.hpp"

#include <fmt/format.h>

#include <boost/describe/members.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <concepts>
#include <type_traits>

#include "storage/fields.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::storage {

namespace {

namespace json = boost::json;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;
template <class T>
concept Enumeration = std::is_enum_v<T>;
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;
template <class T>
using Fields = boost::describe::describe_members<T, boost::describe::mod_public>;

/// The enumerator that `to_string` gives this name. Enumerators count from 0 without gaps, and what
/// is none of them is called "unknown".
template <Enumeration E>
std::optional<E> enumerator(std::string_view name) {
  for (int i = 0; i < 256; ++i) {
    const std::string_view known = to_string(static_cast<E>(i));
    if (known == "unknown") return std::nullopt;
    if (known == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// Both directions are overload sets over the same types; they are declared first, because structs
// hold one another.
struct Writer {
  static json::value write(bool value) { return value; }
  template <Whole T>
  static json::value write(T value) {
    return value;
  }
  static json::value write(double value) {
    // JSON has no word for what is not finite.
    if (!std::isfinite(value)) return json::value(json::string(format_number(value)));
    return value;
  }
  static json::value write(const std::string& value) { return json::value(json::string(value)); }
  template <Enumeration E>
  static json::value write(E value) {
    return json::value(json::string(to_string(value)));
  }
  template <class Tag, class Rep>
  static json::value write(Id<Tag, Rep> id) {
    return id.value;
  }
  static json::value write(Duration duration) { return duration.count(); }
  static json::value write(WallTime time) { return time.time_since_epoch().count(); }
  static json::value write(const Stamp& stamp) {
    return json::array{stamp.boot.time_since_epoch().count(),
                       stamp.wall.time_since_epoch().count()};
  }
  static json::value write(const Labels& labels) {
    json::object object;
    for (const LabelView& label : labels) object.emplace(label.name, label.value);
    return object;
  }
  static json::value write(const Presentation& /*made anew as it is sent*/) { return nullptr; }
  template <class T>
  static json::value write(const std::optional<T>& value) {
    return value ? write(*value) : json::value(nullptr);
  }
  template <class T>
  static json::value write(const std::vector<T>& values) {
    json::array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(write(value));
    return array;
  }
  template <Described T>
  static json::value write(const T& object) {
    json::object fields;
    boost::mp11::mp_for_each<Fields<T>>(
        [&](auto field) { fields.emplace(field.name, write(object.*field.pointer)); });
    return fields;
  }
};

/// Each `read` gives false where the value cannot be one of the type; `where` then names the field.
class Reader {
 public:
  bool read(const json::value& from, bool& to) {
    const bool* value = from.if_bool();
    if (value != nullptr) to = *value;
    return value != nullptr;
  }
  template <Whole T>
  bool read(const json::value& from, T& to) {
    boost::system::error_code error;
    if (from.is_double()) return false;  // to_number would take 3.0
    to = from.to_number<T>(error);
    return !error;
  }
  bool read(const json::value& from, double& to) {
    if (const json::string* text = from.if_string()) {
      const auto value = parse_number(std::string_view(text->data(), text->size()));
      if (value) to = *value;
      return value.has_value();
    }
    boost::system::error_code error;
    to = from.to_number<double>(error);
    return !error;
  }
  bool read(const json::value& from, std::string& to) {
    const json::string* text = from.if_string();
    if (text != nullptr) to.assign(text->data(), text->size());
    return text != nullptr;
  }
  static bool read(const json::value& /*from*/, Presentation& /*to*/) { return true; }
  template <Enumeration E>
  bool read(const json::value& from, E& to) {
    const json::string* text = from.if_string();
    if (text == nullptr) return false;
    const auto known = enumerator<E>(std::string_view(text->data(), text->size()));
    if (known) to = *known;
    return known.has_value();
  }
  template <class Tag, class Rep>
  bool read(const json::value& from, Id<Tag, Rep>& to) {
    return read(from, to.value);
  }
  bool read(const json::value& from, Duration& to) {
    Duration::rep count = 0;
    const bool well = read(from, count);
    to = Duration(count);
    return well;
  }
  bool read(const json::value& from, WallTime& to) {
    Duration since{};
    const bool well = read(from, since);
    to = WallTime(since);
    return well;
  }
  bool read(const json::value& from, Stamp& to) {
    const json::array* pair = from.if_array();
    Duration boot{};
    if (pair == nullptr || pair->size() != 2 || !read((*pair)[0], boot)) return false;
    to.boot = BootTime(boot);
    return read((*pair)[1], to.wall);
  }
  bool read(const json::value& from, Labels& to) {
    const json::object* object = from.if_object();
    if (object == nullptr) return false;
    std::vector<Label> labels;
    for (const auto& [name, value] : *object) {
      Label label{std::string(name), {}};
      if (!read(value, label.value)) return false;
      labels.push_back(std::move(label));
    }
    to = Labels(labels);
    return true;
  }
  template <class T>
  bool read(const json::value& from, std::optional<T>& to) {
    to.reset();
    return from.is_null() || read(from, to.emplace());
  }
  template <class T>
  bool read(const json::value& from, std::vector<T>& to) {
    const json::array* array = from.if_array();
    if (array == nullptr) return false;
    to.clear();
    to.reserve(array->size());
    for (const json::value& value : *array) {
      if (!read(value, to.emplace_back())) return false;
    }
    return true;
  }
  template <Described T>
  bool read(const json::value& from, T& to) {
    const json::object* object = from.if_object();
    if (object == nullptr) return false;
    bool well = true;
    boost::mp11::mp_for_each<Fields<T>>([&](auto field) {
      const json::value* value = object->if_contains(field.name);
      if (!well || value == nullptr || read(*value, to.*field.pointer)) return;
      well = false;
      where_ = where_.empty() ? field.name : fmt::format("{}.{}", field.name, where_);
    });
    return well;
  }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  std::string where_;
};

template <class T>
std::string text_of(const T& object) {
  return json::serialize(Writer::write(object));
}

}  // namespace

std::string encode(const AlertKey& key) {
  return text_of(key);
}
std::string encode(const Alert& alert) {
  return text_of(alert);
}
std::string encode(const Incident& incident) {
  return text_of(incident);
}
std::string encode(const TimelineEntry& entry) {
  return text_of(entry);
}
std::string encode(const Delivery& delivery) {
  return text_of(delivery);
}
std::string encode(const Silence& silence) {
  return text_of(silence);
}
std::string encode(const EngineState& state) {
  return text_of(state);
}
std::string encode(const RetiredReceiver& receiver) {
  return text_of(receiver);
}
std::string encode(const LearnedBaseline& baseline) {
  return text_of(baseline);
}
std::string encode(const series::SeriesEntry& entry) {
  return text_of(entry);
}

template <class T>
Result<T> decode(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // labels and answers are bytes; what was written is read
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return fail(ErrorCode::corrupt, fmt::format("no JSON: {}", error.message()));
  T object{};
  Reader reader;
  if (!reader.read(value, object)) {
    return fail(ErrorCode::corrupt,
                reader.where().empty()
                    ? std::string("no JSON object")
                    : fmt::format("field \"{}\" cannot be read", reader.where()));
  }
  return object;
}

template Result<AlertKey> decode(std::string_view);
template Result<Alert> decode(std::string_view);
template Result<Incident> decode(std::string_view);
template Result<TimelineEntry> decode(std::string_view);
template Result<Delivery> decode(std::string_view);
template Result<Silence> decode(std::string_view);
template Result<EngineState> decode(std::string_view);
template Result<RetiredReceiver> decode(std::string_view);
template Result<LearnedBaseline> decode(std::string_view);
template Result<series::SeriesEntry> decode(std::string_view);

}  // namespace tocsin::storage
