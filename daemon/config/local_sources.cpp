#include "local_sources.hpp"

#include <algorithm>

#include "fields.hpp"
#include "sources.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kKernelNameMost = 15;  // TASK_COMM_LEN without its end

Target read_own_target(const Fields& fields, std::string_view kind, const std::string& name,
                       const std::string& host, Report& report) {
  return read_target(fields, fmt::format("{}.{}", kind, name),
                     Labels{{"job", name}, {"instance", host}}, report);
}

}  // namespace

Source read_job(const Found& found, const std::string& host, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  JobSource kind;
  source.target = read_own_target(fields, "job", found.name, host, report);
  if (fields.has("expect_every")) kind.expect_every = fields.duration("expect_every");
  kind.grace = fields.duration("grace");
  kind.runs_at_most = fields.maybe_duration("runs_at_most");
  kind.token = fields.secret("token");
  source.kind = std::move(kind);
  return source;
}

Source read_systemd(const Fields& fields, const std::string& host, Report& report) {
  Source source;
  SystemdSource kind;
  source.target =
      read_target(fields, "systemd", Labels{{"job", "systemd"}, {"instance", host}}, report);
  kind.bus = fields.text("bus");
  if (fields.has("include")) kind.include = fields.text("include");
  if (fields.has("exclude")) kind.exclude = fields.text("exclude");
  kind.required = fields.texts("required");
  kind.cgroup = fields.text("cgroup");
  for (const std::string& unit : kind.required) {
    if (unit.find('.') != std::string::npos && unit.find('/') == std::string::npos) continue;
    report.error(fields.place("required"), fmt::format("`{}` is no unit's name", unit),
                 fmt::format("for example \"{}.service\"", unit.substr(0, unit.find('/'))));
  }
  source.kind = std::move(kind);
  return source;
}

Source read_files(const Found& found, const std::string& host, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  FilesSource kind;
  source.target = read_own_target(fields, "files", found.name, host, report);
  kind.patterns = fields.texts("patterns");
  kind.max_age = fields.maybe_duration("max_age");
  kind.min_size = fields.size("min_size");
  for (const std::string& pattern : kind.patterns) {
    if (pattern.starts_with('/')) continue;
    report.error(fields.place("patterns"), fmt::format("`{}` is no absolute path", pattern),
                 "it begins with /");
  }
  source.kind = std::move(kind);
  return source;
}

Source read_process(const Found& found, const std::string& host, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  ProcessSource kind;
  source.target = read_own_target(fields, "process", found.name, host, report);
  kind.name = fields.text("name");
  kind.command = fields.text("command");
  kind.unit = fields.text("unit");
  kind.at_least = fields.count("at_least");
  kind.procfs = fields.text("procfs");
  if (kind.name.empty() && kind.command.empty() && kind.unit.empty()) {
    report.error(found.place,
                 "it says of no process which it is without `name`, `command` or `unit`",
                 "for example name = \"gunicorn\"");
  }
  if (kind.name.size() > kKernelNameMost) {
    report.error(fields.place("name"),
                 fmt::format("the kernel keeps {} bytes of a program's name", kKernelNameMost),
                 fmt::format("name = \"{}\", or `command`", kind.name.substr(0, kKernelNameMost)));
  }
  source.kind = std::move(kind);
  return source;
}

}  // namespace tocsin::config
