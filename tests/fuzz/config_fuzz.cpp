// Any text as a configuration: nothing is thrown, what is refused says why and where, what is shown
// can be shown, and a receiver that is accepted comes back from its definition.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tocsin/base/check.hpp"
#include "tocsin/config/validate.hpp"
#include "toml/reader.hpp"

using namespace tocsin;

namespace {

config::Input as_input(std::string text, std::vector<config::Diagnostic>& found) {
  config::Input input;
  config::File file;
  file.name = "tocsin.toml";
  file.text = std::move(text);
  input.files.push_back(std::move(file));
  toml::Parsed parsed = toml::read(input.files, 0);
  if (parsed.mistake) found.push_back(std::move(*parsed.mistake));
  input.roots.push_back(std::move(parsed.root));
  return input;
}

void check_diagnostic(const config::Diagnostic& diagnostic, std::size_t lines) {
  TOCSIN_CHECK(!diagnostic.message.empty());
  TOCSIN_CHECK(diagnostic.line <= lines);
  TOCSIN_CHECK(diagnostic.line == 0 || diagnostic.column >= 1);
  const std::string shown = config::render(diagnostic);
  TOCSIN_CHECK(std::count(shown.begin(), shown.end(), '\n') <= 3);
}

void check_receiver(const config::ReceiverDefinition& receiver) {
  std::vector<config::Diagnostic> found;
  const config::Input input = as_input(receiver.receiver.definition, found);
  TOCSIN_CHECK(found.empty());
  const auto back = config::receiver_alone(input);
  TOCSIN_CHECK(back.has_value());
  TOCSIN_CHECK(back->kind == receiver.kind);
  TOCSIN_CHECK(back->receiver.definition == receiver.receiver.definition);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<config::Diagnostic> found;
  const config::Input input = as_input(text, found);
  (void)config::wished_packs(input);
  const config::Loaded loaded = config::validate(input, {"host-1"}, std::move(found));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const config::Diagnostic& each : loaded.diagnostics) check_diagnostic(each, lines);
  TOCSIN_CHECK(loaded.config.has_value() != config::has_errors(loaded.diagnostics));
  if (!loaded.config) return 0;
  for (const config::ReceiverDefinition& each : loaded.config->receivers) check_receiver(each);
  return 0;
}
