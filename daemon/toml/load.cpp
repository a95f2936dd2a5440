#include "load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "files.hpp"
#include "reader.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/ruletest/read.hpp"
#include "zones.hpp"

namespace tocsin::toml {
namespace {

constexpr std::string_view kEmbedded = R"(console_only = true
[packs]
enable = ["infrastructure", "tocsin"]
)";

config::File built_in() {
  config::File file;
  file.name = "(built-in configuration)";
  file.text = kEmbedded;
  return file;
}

/// Tables of named things that a later file may say anew.
constexpr std::array<std::string_view, 5> kReplaceable = {"rule", "record", "override", "policy",
                                                          "receiver"};

/// Takes out of `root` what `later` defines under the same name.
void give_way(config::Value& root, const config::Value& later) {
  for (config::Entry& family : root.entries) {
    if (std::find(kReplaceable.begin(), kReplaceable.end(), family.key) == kReplaceable.end()) {
      continue;
    }
    const config::Entry* const anew = later.find(family.key);
    if (anew == nullptr) continue;
    std::erase_if(family.value.entries, [anew](const config::Entry& entry) {
      return anew->value.find(entry.key) != nullptr;
    });
  }
}

constexpr const char* kLeast = "the shipped examples/minimal is the least that works";

class Loader {
 public:
  explicit Loader(LoadOptions options) : options_(std::move(options)) {}

  void add(config::File file) { input_.files.push_back(std::move(file)); }

  void add_file(const std::string& path, std::string name) {
    stamps_.push_back(stamp_of(path));
    Result<config::File> file = read_file(path, name);
    if (file) return add(std::move(*file));
    // A file that cannot be read still has a name to be reported under.
    config::File unread;
    unread.name = std::move(name);
    input_.files.push_back(std::move(unread));
    problem(input_.files.size() - 1, file.error().text);
  }

  /// tocsin.toml and all that counts beside it; `prefix` stands before the names of the files.
  void add_configuration(const std::string& folder, const std::string& prefix) {
    const std::string main = folder + "/tocsin.toml";
    look_at_folder(folder, prefix.empty() ? folder : prefix);
    const bool rules_alone = exists(folder + "/rules.d") && !exists(main);
    if (options_.embedded && is_absent(main)) {
      stamps_.push_back(stamp_of(main));  // that it comes is a change
      add(built_in());
    } else {
      std::error_code none;
      const bool is_folder = std::filesystem::is_directory(folder, none);
      add_file(main, is_folder ? prefix + "tocsin.toml" : main);
      if (!is_folder && exists(folder)) {
        found_.back().hint = fmt::format("--config names the folder: {}",
                                         std::filesystem::path(folder).parent_path().string());
        return;
      }
      if (rules_alone) {
        found_.back().hint = "`--embedded` takes the built-in configuration in its place";
      } else if (is_absent(folder)) {
        found_.back().hint = fmt::format("there is no folder {}{}", folder,
                                         folder.ends_with(".toml") ? ": --config names one" : "");
      } else if (is_absent(main)) {
        found_.back().hint = kLeast;
      }
    }
    look_beside(folder, prefix);
    add_folder(folder, prefix, "conf.d");
    add_folder(folder, prefix, "rules.d");
  }

  void look_at_folder(const std::string& path, const std::string& name) {
    if (!writable_by_others(path)) return;
    warn_of(name, "anybody on this host can put a file into this folder",
            "whoever does decides who is paged: chmod o-w");
  }

  [[nodiscard]] Snapshot snapshot() const {
    StableHash contents;
    for (const config::File& file : input_.files) contents.add(file.name).add(file.text);
    return {stamps_, contents.low64()};
  }

  config::Loaded finish() {
    parse_from(0);
    const std::size_t own = input_.files.size();
    add_packs();
    parse_from(own);
    add_zones();
    return config::validate(input_, {options_.host_name}, std::move(found_));
  }

  /// The files added from here on say anew what those before say, and the packs.
  void begin_edits() { first_edit_ = input_.files.size(); }

  LoadedWith finish_edits(bool fed_elsewhere) {
    parse_from(0);
    const std::size_t own = input_.files.size();
    add_packs();
    parse_from(own);
    LoadedWith result;
    for (std::size_t edit = first_edit_; edit < own; ++edit) {
      const config::Value& later = input_.roots[edit];
      for (std::size_t at = 0; at < input_.roots.size(); ++at) {
        if (at < first_edit_ || at >= own) give_way(input_.roots[at], later);
      }
      for (const std::string_view family : {"rule", "override"}) {
        const config::Entry* const table = later.find(family);
        if (table == nullptr) continue;
        for (const config::Entry& entry : table->value.entries) result.rules.push_back(entry.key);
      }
    }
    add_zones();
    result.loaded =
        config::validate(input_, {options_.host_name, false, fed_elsewhere}, std::move(found_));
    return result;
  }

  /// A file, or all *.toml of a folder.
  void add_edit(const std::string& path) {
    if (!std::filesystem::is_directory(path)) return add_file(path, path);
    const Result<std::vector<std::string>> paths = toml_files(path);
    if (paths && !paths->empty()) {
      for (const std::string& each : *paths) add_file(each, each);
      return;
    }
    config::File unread;
    unread.name = path;
    input_.files.push_back(std::move(unread));
    problem(input_.files.size() - 1, paths ? "there is no *.toml in it" : paths.error().text);
  }

  LoadedSuite finish_suite() {
    parse_from(0);
    ruletest::Parts parts = ruletest::split(input_.files, input_.roots.front(), found_);
    input_.roots.front() = std::move(parts.configuration);
    add_wanted(parts.load);
    const std::size_t own = input_.files.size();
    add_packs();
    parse_from(own);
    add_zones();
    config::Loaded loaded = config::validate(input_, {options_.host_name, true}, std::move(found_));
    LoadedSuite result;
    result.diagnostics = std::move(loaded.diagnostics);
    std::erase_if(result.diagnostics,
                  [](const config::Diagnostic& d) { return d.level == config::Level::warning; });
    ruletest::Suite suite;
    suite.file = input_.files.front().name;
    suite.tests =
        ruletest::read_tests(input_.files, parts.tests,
                             loaded.config ? &loaded.config->engine : nullptr, result.diagnostics);
    config::sort_diagnostics(result.diagnostics, input_.files);
    if (config::has_errors(result.diagnostics)) return result;
    suite.files = std::move(input_.files);
    suite.config = std::move(loaded.config->engine);
    result.suite = std::move(suite);
    return result;
  }

 private:
  void add_folder(const std::string& folder, const std::string& prefix, const std::string& name) {
    stamps_.push_back(stamp_of(folder + "/" + name));
    look_at_folder(folder + "/" + name, prefix + name);
    const Result<std::vector<std::string>> paths = toml_files(folder + "/" + name);
    if (!paths) {
      config::File unread;
      unread.name = prefix + name;
      input_.files.push_back(std::move(unread));
      return problem(input_.files.size() - 1, paths.error().text);
    }
    for (const std::string& path : *paths) {
      add_file(path, prefix + name + "/" + stem(path) + ".toml");
    }
    for (const std::string& other : passed_over(folder + "/" + name)) {
      not_read(prefix + name + "/" + other, "only names that end in .toml are");
    }
  }

  void not_read(std::string name, std::string why) {
    warn_of(std::move(name), "this file is not read", std::move(why));
  }

  void warn_of(std::string name, std::string message, std::string hint) {
    config::Diagnostic warning;
    warning.level = config::Level::warning;
    warning.file = std::move(name);
    warning.message = std::move(message);
    warning.hint = std::move(hint);
    found_.push_back(std::move(warning));
  }

  /// Beside tocsin.toml nothing counts but the two folders.
  void look_beside(const std::string& folder, const std::string& prefix) {
    const Result<std::vector<std::string>> paths = toml_files(folder);
    if (!paths) return;
    for (const std::string& path : *paths) {
      if (stem(path) != "tocsin")
        not_read(prefix + stem(path) + ".toml", "rules go into rules.d, all else into conf.d");
    }
  }

  /// What a test file loads, from its own folder on.
  void add_wanted(const std::vector<ruletest::Wanted>& all) {
    const std::filesystem::path here =
        std::filesystem::path(input_.files.front().name).parent_path();
    const std::size_t before = input_.files.size();
    for (const ruletest::Wanted& wanted : all) {
      std::string path = (here / wanted.path).lexically_normal().string();
      if (path.size() > 1 && path.ends_with('/')) path.pop_back();
      if (!exists(path)) {
        found_.push_back(config::diagnostic_at(
            input_.files, config::Level::error, wanted.place,
            fmt::format("there is no file or folder {}", path),
            "`load` counts from this file's folder on; a folder is a whole configuration"));
      } else if (std::filesystem::is_directory(path)) {
        // A folder of rules for the built-in configuration is one for their tests.
        options_.embedded = exists(path + "/rules.d");
        add_configuration(path, path + "/");
      } else {
        add_file(path, path);
      }
    }
    parse_from(before);
  }

  void problem(std::size_t file, const std::string& text) {
    unread_.insert(file);
    config::Place place;
    place.file = static_cast<std::uint32_t>(file);
    found_.push_back(config::diagnostic_at(input_.files, config::Level::error, place,
                                           fmt::format("cannot be read: {}", text)));
  }

  void parse_from(std::size_t first) {
    for (std::size_t at = first; at < input_.files.size(); ++at) {
      if (unread_.contains(at)) {
        input_.roots.emplace_back();
        continue;
      }
      Parsed parsed = read(input_.files, static_cast<std::uint32_t>(at));
      if (parsed.mistake) found_.push_back(std::move(*parsed.mistake));
      input_.roots.push_back(std::move(parsed.root));
    }
  }

  void add_packs() {
    const config::PackWishes wishes = config::wished_packs(input_);
    const std::string folder = wishes.path.empty() ? options_.rules_folder : wishes.path;
    std::vector<std::string> seen;
    for (const config::PackWish& wish : wishes.enable) {
      if (std::find(seen.begin(), seen.end(), wish.name) != seen.end()) continue;
      seen.push_back(wish.name);
      const std::string path = fmt::format("{}/{}.toml", folder, wish.name);
      if (folder.empty() || wish.name.find('/') != std::string::npos || !exists(path)) {
        unknown(wish, folder);
        continue;
      }
      const std::size_t before = input_.files.size();
      add_file(path, path);
      for (std::size_t at = before; at < input_.files.size(); ++at) input_.files[at].pack = true;
    }
  }

  void add_zones() {
    for (const std::string& name : config::wished_zones(input_)) {
      Result<TimeZone> zone = read_zone(name, options_.zone_folder);
      if (zone) {
        input_.zones.push_back({name, std::move(*zone), ""});
        continue;
      }
      input_.zones.push_back({name, std::nullopt, zone.error().text});
      if (input_.zone_names.empty()) input_.zone_names = zone_names(options_.zone_folder);
    }
  }

  void unknown(const config::PackWish& wish, const std::string& folder) {
    std::vector<std::string> names;
    if (const auto paths = toml_files(folder); !folder.empty() && paths) {
      for (const std::string& path : *paths) names.push_back(stem(path));
    }
    const std::string near = nearest(wish.name, names);
    std::string listed;
    for (const std::string& name : names)
      listed += fmt::format("{}`{}`", listed.empty() ? "" : ", ", name);
    std::string hint = !near.empty()   ? fmt::format("did you mean `{}`?", near)
                       : names.empty() ? fmt::format("there are no packs in {}", folder)
                                       : fmt::format("in {} are {}", folder, listed);
    if (folder.empty()) hint = "[packs] path names the folder of packs";
    found_.push_back(config::diagnostic_at(input_.files, config::Level::error, wish.place,
                                           fmt::format("no pack is called `{}`", wish.name),
                                           std::move(hint)));
  }

  LoadOptions options_;
  config::Input input_;
  std::vector<Stamp> stamps_;
  std::size_t first_edit_ = 0;
  std::set<std::size_t> unread_;  ///< files that have a name but could not be read
  std::vector<config::Diagnostic> found_;
};

}  // namespace

bool is_absent(const std::string& path) {
  std::error_code error;
  return std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
}

config::Loaded load(const std::string& folder, const LoadOptions& options, Snapshot* snapshot) {
  Loader loader(options);
  loader.add_configuration(folder, "");
  config::Loaded loaded = loader.finish();
  if (snapshot != nullptr) *snapshot = loader.snapshot();
  return loaded;
}

LoadedSuite load_suite(const std::string& path, const LoadOptions& options) {
  Loader loader(options);
  loader.add_file(path, path);
  return loader.finish_suite();
}

LoadedSuite suite_from(config::File file, const LoadOptions& options) {
  Loader loader(options);
  loader.add(std::move(file));
  return loader.finish_suite();
}

config::Loaded load_texts(std::vector<config::File> files, const LoadOptions& options) {
  Loader loader(options);
  for (config::File& file : files) loader.add(std::move(file));
  return loader.finish();
}

LoadedWith load_with(const std::string& folder, const std::vector<std::string>& paths,
                     const LoadOptions& options, bool fed_elsewhere) {
  Loader loader(options);
  if (folder.empty()) {
    loader.add(built_in());
  } else {
    loader.add_configuration(folder, "");
  }
  loader.begin_edits();
  for (const std::string& path : paths) loader.add_edit(path);
  return loader.finish_edits(fed_elsewhere);
}

Result<config::ReceiverDefinition> receiver_from(std::string_view definition) {
  config::Input input;
  config::File file;
  file.name = "definition";
  file.text = definition;
  input.files.push_back(std::move(file));
  Parsed parsed = read(input.files, 0);
  if (parsed.mistake) return fail(ErrorCode::corrupt, parsed.mistake->message);
  input.roots.push_back(std::move(parsed.root));
  return config::receiver_alone(input);
}

}  // namespace tocsin::toml
