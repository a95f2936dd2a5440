#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "app/options.hpp"
#include "toml/files.hpp"
#include "toml/load.hpp"
#include "toml/reader.hpp"

namespace tocsin::app {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "localhost";
  return name.data();
}

/// `[control] socket` of one file, or "".
std::string socket_in(const std::string& path) {
  auto file = toml::read_file(path, path);
  if (!file) return "";
  const std::vector<config::File> files = {std::move(*file)};
  const toml::Parsed parsed = toml::read(files, 0);
  const config::Entry* const control = parsed.root.find("control");
  if (control == nullptr) return "";
  const config::Entry* const socket = control->value.find("socket");
  return socket == nullptr ? "" : socket->value.text;
}

toml::LoadOptions how_to_load(const RunOptions& options) {
  toml::LoadOptions how;
  // A folder that somebody names is meant: where it is not there, its name is mistyped.
  const bool named = options.folder != RunOptions().folder;
  how.embedded = options.embedded && !(named && toml::is_absent(options.folder));
  how.host_name = host_name();
  how.rules_folder = rules_folder();
  return how;
}

/// The command line's word.
void put_above(const RunOptions& options, Configuration& loaded) {
  if (!loaded.config) return;
  loaded.written = {loaded.config->listen, loaded.config->control, loaded.config->storage};
  if (options.state) loaded.config->storage.path = *options.state;
  if (options.listen) loaded.config->listen.address = *options.listen;
  if (options.socket) loaded.config->control.socket = *options.socket;
}

}  // namespace

/// Beside this binary, or `rules` of the checkout that it was built in (build/PRESET/tocsin).
std::string rules_folder() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path folder = self.parent_path();
  for (const auto& candidate : {folder / "../share/tocsin/rules", folder / "../../rules"}) {
    if (std::filesystem::exists(candidate / "infrastructure.toml", error))
      return std::filesystem::weakly_canonical(candidate, error).string();
  }
  return "/usr/share/tocsin/rules";
}

std::string configured_socket(const std::string& folder) {
  std::vector<std::string> paths = {folder + "/tocsin.toml"};
  if (const auto more = toml::toml_files(folder + "/conf.d"))
    paths.insert(paths.end(), more->begin(), more->end());
  for (const std::string& path : paths)
    if (std::string socket = socket_in(path); !socket.empty()) return socket;
  return config::Control{}.socket;
}

Configuration load_configuration(const RunOptions& options) {
  Configuration loaded;
  static_cast<config::Loaded&>(loaded) =
      toml::load(options.folder, how_to_load(options), &loaded.snapshot);
  put_above(options, loaded);
  return loaded;
}

Configuration load_edited(const RunOptions& options, std::vector<std::string> paths,
                          std::vector<std::string>& rules, bool fed_elsewhere) {
  std::error_code error;
  std::string folder = std::filesystem::exists(options.folder, error) ? options.folder : "";
  std::erase_if(paths, [&](const std::string& path) {
    const bool whole = std::filesystem::exists(path + "/tocsin.toml", error);
    if (whole) folder = path;
    return whole;
  });
  toml::LoadedWith with = toml::load_with(folder, paths, how_to_load(options), fed_elsewhere);
  rules = std::move(with.rules);
  Configuration loaded;
  static_cast<config::Loaded&>(loaded) = std::move(with.loaded);
  put_above(options, loaded);
  return loaded;
}

Result<config::ReceiverDefinition> receiver_from(const std::string& definition) {
  return toml::receiver_from(definition);
}

}  // namespace tocsin::app
