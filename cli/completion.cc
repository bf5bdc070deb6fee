// SPDX-License-Identifier: Apache-2.0
#include "completion.h"

#include <fmt/format.h>

namespace allocprof::cli {
namespace {

// In single quotes, as all three shells read them.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string Words(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

bool TakesFile(const OptionDescription& option) {
  for (const char* word : {"FILE", "DIR", "TRACE", "COMMAND", "PATH"}) {
    if (option.placeholder.find(word) != std::string::npos) return true;
  }
  return false;
}

std::vector<const Command*> Shown() {
  std::vector<const Command*> shown;
  for (const Command& command : Commands()) {
    if (!command.hidden) shown.push_back(&command);
  }
  return shown;
}

void WriteBash(std::ostream& out) {
  std::vector<std::string> names;
  for (const Command* command : Shown()) names.emplace_back(command->name);
  out << "# bash completion for allocprof\n"
         "_allocprof() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  COMPREPLY=()\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      << fmt::format("    COMPREPLY=($(compgen -W {} -- \"$word\") $(compgen -f -- \"$word\"))\n",
                     Quoted(Words(names) + " help version"))
      << "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]},$before in\n";
  std::string options;
  for (const Command* command : Shown()) {
    std::vector<std::string> flags;
    for (const OptionDescription& option : Describe(*command).options) {
      for (const std::string& name : option.names) {
        flags.push_back(name);
        if (option.choices.empty()) continue;
        out << fmt::format("    {},{}) COMPREPLY=($(compgen -W {} -- \"$word\")); return ;;\n",
                           command->name, name, Quoted(Words(option.choices)));
      }
    }
    options += fmt::format("    {}) options={} ;;\n", command->name, Quoted(Words(flags)));
  }
  out << fmt::format("    help,*) COMPREPLY=($(compgen -W {} -- \"$word\")); return ;;\n",
                     Quoted(Words(names)))
      << "  esac\n"
         "  local options=\n"
         "  case ${COMP_WORDS[1]} in\n"
      << options
      << "  esac\n"
         "  case $word in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _allocprof allocprof\n";
}

// In a specification of _arguments, brackets and colons have a meaning.
std::string ZshText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void WriteZsh(std::ostream& out) {
  out << "#compdef allocprof\n"
         "_allocprof() {\n"
         "  local -a commands=(\n";
  for (const Command* command : Shown()) {
    out << "    " << Quoted(std::string(command->name) + ":" + command->blurb) << "\n";
  }
  out << "    'help:Show the help of a command.'\n"
         "    'version:Show the version.'\n"
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    _files\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n";
  for (const Command* command : Shown()) {
    out << "    " << command->name << ")\n      _arguments -s";
    for (const OptionDescription& option : Describe(*command).options) {
      const std::string action = !option.choices.empty() ? "(" + Words(option.choices) + ")"
                                 : TakesFile(option)     ? "_files"
                                                         : " ";
      for (const std::string& name : option.names) {
        std::string spec = "*" + name + "[" + ZshText(option.help) + "]";
        if (!option.placeholder.empty()) spec += ":" + ZshText(option.placeholder) + ":" + action;
        out << " \\\n        " << Quoted(spec);
      }
    }
    out << " \\\n        '*:file:_files' ;;\n";
  }
  out << "  esac\n"
         "}\n"
         "_allocprof \"$@\"\n";
}

void WriteFish(std::ostream& out) {
  out << "complete -c allocprof -n __fish_use_subcommand -F\n";
  for (const Command* command : Shown()) {
    out << fmt::format("complete -c allocprof -n __fish_use_subcommand -a {} -d {}\n",
                       command->name, Quoted(command->blurb));
  }
  out << "complete -c allocprof -n __fish_use_subcommand -a help -d 'Show the help of a command.'\n"
         "complete -c allocprof -n __fish_use_subcommand -a version -d 'Show the version.'\n";
  for (const Command* command : Shown()) {
    for (const OptionDescription& option : Describe(*command).options) {
      if (option.names.empty()) continue;
      out << "complete -c allocprof -n "
          << Quoted(std::string("__fish_seen_subcommand_from ") + command->name);
      for (const std::string& name : option.names) {
        const bool is_long = name.size() > 2;
        out << (is_long ? " -l " : " -s ") << name.substr(is_long ? 2 : 1);
      }
      if (!option.choices.empty()) {
        out << " -x -a " << Quoted(Words(option.choices));
      } else if (TakesFile(option)) {
        out << " -r -F";
      } else if (!option.placeholder.empty()) {
        out << " -x";
      }
      out << " -d " << Quoted(option.help) << "\n";
    }
  }
}

}  // namespace

const std::vector<Shell>& Shells() {
  static const std::vector<Shell> kShells = {
      {"bash", WriteBash}, {"zsh", WriteZsh}, {"fish", WriteFish}};
  return kShells;
}

}  // namespace allocprof::cli
