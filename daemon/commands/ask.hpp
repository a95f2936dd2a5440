// Asking the daemon that runs, and reading what it says.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::commands {

/// Where the daemon is asked: what --socket says, or the configuration, or the usual place.
[[nodiscard]] std::string control_socket(const Common& common);

/// "tocsin", with what this call needs to reach its daemon: for commands that are shown.
[[nodiscard]] std::string called_as(const Common& common);

struct Answer {
  int status = 0;
  boost::json::value body;
};
/// Fails where the daemon could not be reached or its answer is none.
[[nodiscard]] Result<Answer> get(const Common& common, const std::string& target,
                                 Duration timeout = std::chrono::seconds(10));
[[nodiscard]] Result<Answer> post(const Common& common, const std::string& target,
                                  boost::json::object body,
                                  Duration timeout = std::chrono::seconds(10));

/// The text itself is the body.
[[nodiscard]] Result<Answer> post_text(const Common& common, const std::string& target,
                                       std::string text,
                                       Duration timeout = std::chrono::seconds(10));

/// Prints the error; not_reached.
int unreached(const Error& error);
/// Sends a person's word, says what became of it, and gives the exit status.
int say(const Common& common, const std::string& target, boost::json::object body);
/// Prints what a GET refused; the exit status.
int refused(const Answer& answer);
/// The body as JSON, for --json.
void print_json(const boost::json::value& value);

// Members of an answer, or nothing of their kind.
[[nodiscard]] std::string text_of(const boost::json::value& object, std::string_view name);
/// The same, harmless to a terminal.
[[nodiscard]] std::string shown_member(const boost::json::value& object, std::string_view name);
[[nodiscard]] double number_of(const boost::json::value& object, std::string_view name);
[[nodiscard]] bool flag_of(const boost::json::value& object, std::string_view name);
[[nodiscard]] const boost::json::value& member_of(const boost::json::value& object,
                                                  std::string_view name);
[[nodiscard]] const boost::json::array& array_of(const boost::json::value& object,
                                                 std::string_view name);
/// Of an array of texts, harmless to a terminal.
[[nodiscard]] std::vector<std::string> texts_of(const boost::json::array& array);
/// `{a="b",c="d"}` of an object of labels, "" of none; printable.
[[nodiscard]] std::string labels_of(const boost::json::value& labels);
/// "12 min" since that RFC 3339 time, "" where it is none.
[[nodiscard]] std::string age_of(const std::string& time);
/// In which the daemon that answered last shows clock times; UTC before that.
[[nodiscard]] const TimeZone& shown_zone();
/// "09:15:00 UTC" today, with the date on other days, in that zone.
[[nodiscard]] std::string moment_of(const std::string& time);

}  // namespace tocsin::commands
