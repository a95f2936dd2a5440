// The binary: everything is in the rooms.
#include <cstdio>
#include <exception>

#include "commands/commands.hpp"

int main(int argc, char** argv) {
  try {
    return tocsin::commands::command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tocsin: %s\n", error.what());
    return 1;
  }
}
