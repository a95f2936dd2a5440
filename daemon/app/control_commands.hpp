// From a request on the control socket to a command, and who says it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "http/message.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/model/command.hpp"

namespace tocsin::app {

/// The body as a JSON object; an empty body is an empty object.
[[nodiscard]] Result<boost::json::object> body_of(const http::Request& request);

/// Who speaks: the peer, or whom it names as `by` where it may speak for others (root, the daemon's
/// own user, and those whom the configuration names). A name is one printable line.
[[nodiscard]] Result<std::string> speaker(const http::Request& request,
                                          const boost::json::object& body,
                                          const config::Control& control);

// Each reads its body. Unknown and missing members are errors.
[[nodiscard]] Result<Command> acknowledge_command(const boost::json::object& body);
[[nodiscard]] Result<Command> unacknowledge_command(const boost::json::object& body);
[[nodiscard]] Result<Command> silence_command(const boost::json::object& body);
[[nodiscard]] Result<Command> end_silence_command(const boost::json::object& body);
[[nodiscard]] Result<Command> maintenance_command(const boost::json::object& body);
[[nodiscard]] Result<Command> end_maintenance_command(const boost::json::object& body);
[[nodiscard]] Result<Command> assess_command(const boost::json::object& body);
[[nodiscard]] Result<Command> drill_command(const boost::json::object& body);
[[nodiscard]] Result<Command> accept_command(const boost::json::object& body);
[[nodiscard]] Result<Command> learn_command(const boost::json::object& body);
[[nodiscard]] Result<Command> change_command(const boost::json::object& body);
[[nodiscard]] Result<Command> end_drill_command(const boost::json::object& body);
[[nodiscard]] Result<Command> test_notice_command(const boost::json::object& body);

}  // namespace tocsin::app
