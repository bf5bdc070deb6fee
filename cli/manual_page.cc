// SPDX-License-Identifier: Apache-2.0
#include "manual_page.h"

#include <fmt/format.h>

#include <cctype>

#include "recorder_options.h"

namespace allocprof::cli {
namespace {

// Text of one paragraph; a line that begins with a dot is no request.
std::string Roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool begins = out.empty() || out.back() == '\n';
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

void WriteTitle(const std::string& name, const std::string& blurb, const std::string& version,
                std::ostream& out) {
  std::string what = blurb;
  if (!what.empty() && what.back() == '.') what.pop_back();
  what[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(what[0])));
  out << fmt::format(".TH {} 1 \"\" \"allocprof {}\" \"allocprof manual\"\n", Upper(Roff(name)),
                     version)
      << fmt::format(".SH NAME\n{} \\- {}\n", Roff(name), Roff(what));
}

void WriteExamples(const std::vector<Example>& examples, std::ostream& out) {
  out << ".SH EXAMPLES\n";
  for (const Example& example : examples) {
    out << fmt::format(".TP\n.B {}\n{}\n", Roff(example.line), Roff(example.meaning));
  }
}

void WriteOption(const OptionDescription& option, std::ostream& out) {
  std::string head;
  for (const std::string& name : option.names) {
    head += (head.empty() ? "" : ", ") + ("\\fB" + Roff(name) + "\\fR");
  }
  if (!option.placeholder.empty()) {
    head += (head.empty() ? "" : " ") + ("\\fI" + Roff(option.placeholder) + "\\fR");
  }
  out << ".TP\n" << head << "\n" << Roff(option.help) << "\n";
}

constexpr const char* kExitStatus =
    ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nfailed: no such trace, unreadable, or damaged beyond "
    "use\n.TP\n2\nwrong arguments\n.PP\n\\fBallocprof run\\fR ends as its command did: 128+n for "
    "signal n, and 125, 126, 127 as env(1).\n";

}  // namespace

void WriteManual(const std::string& version, std::ostream& out) {
  WriteTitle("allocprof", "an allocation profiler for C, C++ and Rust programs", version, out);
  out << ".SH SYNOPSIS\n.B allocprof\n.I command\n[\\fIoptions\\fR]\n.br\n.B allocprof\n.I trace\n"
         ".SH DESCRIPTION\nRecords every allocation of a program, with its whole call stack, and "
         "shows where they are made. \\fBallocprof\\fR \\fItrace\\fR is \\fBallocprof report\\fR "
         "\\fItrace\\fR.\n.SH COMMANDS\n";
  for (const Command& command : Commands()) {
    if (command.hidden) continue;
    out << fmt::format(".TP\n\\fBallocprof\\-{}\\fR(1)\n{}\n", Roff(command.name),
                       Roff(command.blurb));
  }
  WriteExamples({{"allocprof run -- ./app", "record a program to trace.json"},
                 {"allocprof trace.json", "show where it allocates"}},
                out);
  out << kExitStatus << ".SH ENVIRONMENT\n";
  for (const RecorderOption& option : RecorderOptions()) {
    out << fmt::format(".TP\n.B {}\n{} [{}]\n", Roff(option.variable), Roff(option.help),
                       Roff(option.fallback));
  }
  out << ".TP\n.B ALLOCPROF_LIB\nthe libtrace.so that \\fBallocprof run\\fR preloads\n"
         ".TP\n.BR ALLOCPROF_PAGER \", \" PAGER\nwhat shows a long text on a terminal\n"
         ".TP\n.B NO_COLOR\nno colour on a terminal\n";
}

void WriteManual(const Command& command, const CommandDescription& description,
                 const std::string& version, std::ostream& out) {
  const std::string name = std::string("allocprof-") + command.name;
  WriteTitle(name, command.blurb, version, out);
  out << fmt::format(".SH SYNOPSIS\n.B allocprof {}\n[\\fIoptions\\fR]\n", Roff(command.name));
  for (const OptionDescription& option : description.options) {
    if (option.names.empty()) out << ".I " << Roff(option.placeholder) << "\n";
  }
  out << ".SH DESCRIPTION\n" << Roff(command.blurb) << "\n";
  WriteExamples(command.examples, out);
  out << ".SH OPTIONS\n";
  std::string group;
  for (const OptionDescription& option : description.options) {
    if (option.group != group && !option.group.empty() && option.group != "Options" &&
        option.group != "Positionals") {
      out << ".SS " << Roff(option.group) << "\n";
    }
    group = option.group;
    WriteOption(option, out);
  }
  if (!description.footer.empty()) {
    out << ".PP\n.nf\n"
        << Roff(description.footer) << (description.footer.back() == '\n' ? "" : "\n") << ".fi\n";
  }
  out << kExitStatus << ".SH SEE ALSO\n.BR allocprof (1)\n";
}

}  // namespace allocprof::cli
