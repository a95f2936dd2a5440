#include "commands/describe.hpp"

#include <CLI/App.hpp>
#include <algorithm>

namespace tocsin::commands {

namespace {

Argument described(const CLI::Option& option) {
  Argument out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  if (option.get_positional()) {
    out.value = option.get_name(true);
  } else if (option.get_items_expected_max() > 0) {
    out.value = option.get_type_name();
    out.value_optional = option.get_items_expected_min() == 0;
  }
  out.meaning = option.get_description();
  out.otherwise = option.get_default_str();
  out.required = option.get_required() || option.get_group() == kNeeded;
  out.many = option.get_positional() && option.get_items_expected_max() > 1;
  return out;
}

/// Where it stands among its neighbours: those without notes at the end.
std::size_t place_of(const std::vector<std::string>& path) {
  const std::vector<Notes>& all = all_notes();
  const std::string name = name_of(Command{path, {}, {}, {}, {}, {}});
  return static_cast<std::size_t>(
      std::find_if(all.begin(), all.end(),
                   [&name](const Notes& one) { return one.command == name; }) -
      all.begin());
}

void add(const CLI::App& app, const std::vector<std::string>& path, Grammar& out) {
  Command command;
  command.path = path;
  command.meaning = app.get_description();
  command.more = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    // Every command has the program's help flag; it is told once.
    if (!path.empty() && option == app.get_help_ptr()) continue;
    Argument argument = described(*option);
    (argument.names.empty() ? command.words : command.options).push_back(std::move(argument));
  }
  const std::size_t place = place_of(path);
  if (place < all_notes().size()) command.notes = all_notes()[place];
  out.push_back(std::move(command));

  std::vector<std::pair<std::size_t, const CLI::App*>> within;
  const auto path_to = [&path](const CLI::App* one) {
    std::vector<std::string> longer = path;
    longer.push_back(one->get_name());
    return longer;
  };
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    within.emplace_back(place_of(path_to(one)), one);
  std::stable_sort(within.begin(), within.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [_, one] : within) add(*one, path_to(one), out);
}

}  // namespace

Grammar describe(const CLI::App& app) {
  Grammar out;
  add(app, {}, out);
  return out;
}

std::vector<std::string> chosen_path(const CLI::App& app) {
  std::vector<std::string> path;
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path.push_back(at->get_name());
  }
  return path;
}

}  // namespace tocsin::commands
