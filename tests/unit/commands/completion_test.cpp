// Risk: completion that offers what is not taken, or nothing where there is something.
#include "commands/completion.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tocsin::commands;

namespace {

Completion after(const std::vector<std::string>& words) {
  return complete(grammar(), words);
}

std::vector<std::string> words_of(const Completion& completion) {
  std::vector<std::string> out;
  for (const Candidate& one : completion.candidates) out.push_back(one.word);
  return out;
}

bool offers(const Completion& completion, const std::string& word) {
  const std::vector<std::string> all = words_of(completion);
  return std::find(all.begin(), all.end(), word) != all.end();
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("completion: every command and option of the grammar is offered, with its meaning") {
  const Grammar all = grammar();
  for (const Command& command : all) {
    CAPTURE(name_of(command));
    Words before = command.path;
    if (!before.empty()) {
      before.back() = before.back().substr(0, before.back().size() - 1);
      CHECK(offers(complete(all, before), command.path.back()));
    }
    Words behind = command.path;
    behind.emplace_back("--");
    const Completion options = complete(all, behind);
    for (const Argument& one : command.options) CHECK(offers(options, one.names.back()));
    for (const Argument& one : all.front().options) CHECK(offers(options, one.names.back()));
    for (const Candidate& one : options.candidates) CHECK_FALSE(one.meaning.empty());
  }
}

TEST_CASE("completion: values are what the option or the place takes") {
  CHECK(words_of(after({"assess", "3", "--impact", ""})) ==
        Words{"critical", "high", "medium", "low"});
  CHECK(words_of(after({"assess", "3", "--impact=m"})) == Words{"--impact=medium"});
  CHECK(words_of(after({"completions", "z"})) == Words{"zsh"});
  CHECK(after({"ack", ""}).kind == "INCIDENT");
  CHECK(after({"ack", "3", ""}).kind == "");
  CHECK(after({"silence", "end", ""}).kind == "SILENCE");
  CHECK(after({"notify", "--test", ""}).kind == "RECEIVER");
  CHECK(after({"explain", ""}).kind == "RULE");
  CHECK(after({"test", "a.toml", ""}).kind == "FILE");
  CHECK(after({"maintenance", "start", ""}).kind == "MATCHERS");
  CHECK(after({"maintenance", "end", ""}).kind == "WINDOW");
  CHECK(after({"help", "ack", ""}).kind == "COMMAND");
  CHECK(after({"status", "--config", ""}).kind == "FOLDER");
  CHECK(after({"--socket", ""}).kind == "PATH");
  CHECK(after({"config", "--help", "ru"}).kind == "KEY");
}

TEST_CASE("completion: options before a command do not hide it, and say where to ask") {
  const Completion found = after({"--config", "/a b", "--socket=/s", "--json", "ack", ""});
  CHECK(found.kind == "INCIDENT");
  CHECK(found.folder == "/a b");
  CHECK(found.socket == "/s");
  CHECK(words_of(after({"--json", "una"})) == Words{"unack"});
}

TEST_CASE("completion: bash takes --option=value apart") {
  const Completion found = after({"--config", "=", "/c", "notify", "--test", "=", "on"});
  CHECK(found.folder == "/c");
  CHECK(found.kind == "RECEIVER");
  CHECK(found.typed == "on");
  CHECK(words_of(after({"assess", "--impact", "="})).size() == 4);
}

TEST_CASE("completion: what is not known is offered nothing") {
  CHECK(words_of(after({"nonsense", "st"})) == Words{"status"});
  CHECK(after({"status", ""}).candidates.empty());
  CHECK(after({"status", "--nonsense=x"}).candidates.empty());
  CHECK(after({"zz"}).candidates.empty());
  CHECK(words_of(after({})).size() > 10);
}

TEST_CASE("completion: each shell has its script") {
  for (const char* shell : {"bash", "zsh", "fish"})
    CHECK_FALSE(completion_script_of(shell).empty());
  CHECK(completion_script_of("ksh").empty());
}
