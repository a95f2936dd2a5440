#include "commands/completion.hpp"

#include <algorithm>

namespace tocsin::commands {

namespace {

const Argument* option_named(const Grammar& grammar, const Command& command,
                             std::string_view name) {
  for (const Command* one : {&command, &grammar.front()}) {
    for (const Argument& option : one->options) {
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end())
        return &option;
    }
  }
  return nullptr;
}

/// Where the words before the typed one have led.
struct Position {
  const Command* command = nullptr;
  std::size_t placed = 0;          ///< words that are known by their place
  const Argument* owed = nullptr;  ///< an option that waits for its value
};

void keep(const Argument& option, const std::string& value, Completion& out) {
  if (option.names.back() == "--config") out.folder = value;
  if (option.names.back() == "--socket") out.socket = value;
}

void step(const Grammar& grammar, const std::string& word, Position& at, Completion& out) {
  if (word == "=") return;  // bash takes --config=FOLDER apart
  if (at.owed != nullptr) {
    keep(*at.owed, word, out);
    at.owed = nullptr;
    return;
  }
  if (word.size() > 1 && word.front() == '-') {
    const std::size_t equals = word.find('=');
    const Argument* const option = option_named(grammar, *at.command, word.substr(0, equals));
    if (option == nullptr || option->value.empty()) return;
    if (equals == std::string::npos) {
      at.owed = option;
    } else {
      keep(*option, word.substr(equals + 1), out);
    }
    return;
  }
  std::vector<std::string> deeper = at.command->path;
  deeper.push_back(word);
  if (const Command* const within = find_command(grammar, deeper)) {
    at.command = within;
    at.placed = 0;
  } else {
    ++at.placed;
  }
}

void offer(Completion& out, std::string word, const std::string& meaning) {
  if (word.starts_with(out.typed)) out.candidates.push_back({out.prefix + word, meaning});
}

/// Words that stand in the grammar itself, or the kind of those that do not.
void offer_values(const std::string& value, const std::string& meaning, Completion& out) {
  if (value.find('|') == std::string::npos) {
    out.kind = value;
    return;
  }
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t end = std::min(value.find('|', start), value.size());
    offer(out, value.substr(start, end - start), meaning);
    start = end + 1;
  }
}

void offer_options(const Grammar& grammar, const Command& command, Completion& out) {
  for (const Command* one : {&command, &grammar.front()}) {
    for (const Argument& option : one->options) offer(out, option.names.back(), option.meaning);
    if (command.path.empty()) break;
  }
}

}  // namespace

Completion complete(const Grammar& grammar, const std::vector<std::string>& words) {
  Completion out;
  Position at;
  at.command = &grammar.front();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) step(grammar, words[i], at, out);
  out.typed = words.empty() ? "" : words.back();
  if (out.typed == "=") out.typed.clear();
  const std::size_t equals = out.typed.find('=');
  if (at.owed == nullptr && out.typed.starts_with("--") && equals != std::string::npos) {
    at.owed = option_named(grammar, *at.command, out.typed.substr(0, equals));
    out.prefix = out.typed.substr(0, equals + 1);
    out.typed.erase(0, equals + 1);
    if (at.owed == nullptr) return out;
  }
  if (at.owed != nullptr) {
    offer_values(at.owed->value, at.owed->meaning, out);
    return out;
  }
  if (out.typed.starts_with("-")) {
    offer_options(grammar, *at.command, out);
    return out;
  }
  for (const Command* one : commands_within(grammar, at.command->path))
    offer(out, one->path.back(), one->meaning);
  const std::vector<Argument>& places = at.command->words;
  if (at.placed < places.size()) {
    offer_values(places[at.placed].value, places[at.placed].meaning, out);
  } else if (!places.empty() && places.back().many) {
    offer_values(places.back().value, places.back().meaning, out);
  }
  return out;
}

}  // namespace tocsin::commands
