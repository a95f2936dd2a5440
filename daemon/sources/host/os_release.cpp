#include <map>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

/// A value as a shell would read it: quotes taken off, backslashes inside double quotes undone.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || (text.front() != '"' && text.front() != '\'') ||
      text.back() != text.front()) {
    return std::string(text);
  }
  const bool escapes = text.front() == '"';
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (escapes && text[i] == '\\' && i + 2 < text.size()) {
      ++i;
    }
    out += text[i];
  }
  return out;
}

/// "20.04.2" gives 20.04, "11" gives 11.
std::optional<double> major_minor(std::string_view version) {
  const std::size_t dot = version.find('.');
  std::size_t end = version.size();
  if (dot != std::string_view::npos) {
    end = std::min(version.size(), version.find_first_not_of("0123456789", dot + 1));
  }
  return real_number(version.substr(0, end));
}

}  // namespace

Result<void> os_release(std::string_view text, Exposition& out) {
  std::map<std::string_view, std::string> values;
  for (const std::string_view raw : lines(text)) {
    const std::string_view line = trim(raw);
    const std::size_t equals = line.find('=');
    if (!line.starts_with('#') && equals != std::string_view::npos) {
      values[line.substr(0, equals)] = unquoted(trim(line.substr(equals + 1)));
    }
  }
  if (values.empty()) {
    return fail(ErrorCode::not_found, "os-release: says nothing");
  }
  out.gauge("node_os_info", "What os-release says of the system; always 1.")
      .add({{"build_id", values["BUILD_ID"]},
            {"id", values["ID"]},
            {"id_like", values["ID_LIKE"]},
            {"image_id", values["IMAGE_ID"]},
            {"image_version", values["IMAGE_VERSION"]},
            {"name", values["NAME"]},
            {"pretty_name", values["PRETTY_NAME"]},
            {"variant", values["VARIANT"]},
            {"variant_id", values["VARIANT_ID"]},
            {"version", values["VERSION"]},
            {"version_codename", values["VERSION_CODENAME"]},
            {"version_id", values["VERSION_ID"]}},
           1);
  if (const std::optional<double> version = major_minor(values["VERSION_ID"])) {
    out.gauge("node_os_version", "Major and minor version of the system as a number.")
        .add({{"id", values["ID"]}, {"id_like", values["ID_LIKE"]}, {"name", values["NAME"]}},
             *version);
  }
  return {};
}

}  // namespace tocsin::sources::host
