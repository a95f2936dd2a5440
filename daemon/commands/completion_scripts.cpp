#include "commands/completion.hpp"

namespace tocsin::commands {

namespace {

constexpr std::string_view kBash =
    R"(# Completion of tocsin for bash. The binary itself says what may come next.
_tocsin() {
  local typed=${COMP_WORDS[COMP_CWORD]} word
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    case $word in
      :files)
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "${typed#=}")
        ;;
      :folders)
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "${typed#=}")
        ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -F _tocsin tocsin
)";

constexpr std::string_view kZsh = R"(#compdef tocsin
# Completion of tocsin for zsh. The binary itself says what may come next.
_tocsin() {
  local line word
  local -a found
  while IFS= read -r line; do
    case $line in
      :files) _files && return ;;
      :folders) _files -/ && return ;;
      *)
        word=${line%%$'\t'*}
        found+=("${word//:/\\:}:${line#*$'\t'}")
        ;;
    esac
  done < <("${(Q)words[1]}" complete "${(@Q)words[2,CURRENT]}" 2> /dev/null)
  _describe tocsin found
}
if [[ $funcstack[1] == _tocsin ]]; then
  _tocsin "$@"
else
  compdef _tocsin tocsin
fi
)";

constexpr std::string_view kFish =
    R"(# Completion of tocsin for fish. The binary itself says what may come next.
function __tocsin_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in (command $words[1] complete $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$typed"
            case :folders
                __fish_complete_directories "$typed"
            case '*'
                echo $line
        end
    end
end
complete -c tocsin -f -a '(__tocsin_complete)'
)";

}  // namespace

std::string_view completion_script_of(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : "";
}

}  // namespace tocsin::commands
