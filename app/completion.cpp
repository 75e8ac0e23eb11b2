#include "app/completion.hpp"

#include "app/command_words.hpp"
#include "app/serve.hpp"

#include <iostream>
#include <memory>

namespace riskbreaker::app {

namespace {

/// In single quotes, for all three shells.
std::string quoted(const std::string& x, bool fish = false) {
  std::string out = "'";
  for (auto c : x)
    if (c == '\'')
      out += fish ? "\\'" : "'\\''";
    else if (c == '\\' && fish)
      out += "\\\\";
    else
      out += c;
  return out + "'";
}

std::string spaced(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& x : words)
    out += (out.empty() ? "" : " ") + x;
  return out;
}

/// Shell patterns of the options that take the next word, and what it may be:
/// "path option) command" lines.
template <class F>
void each_value(const std::vector<command_words>& all, F f) {
  for (const auto& command : all)
    for (const auto& option : command.options)
      if (option.takes_value)
        f(command, option);
}

std::string pattern(const command_words& command, const option_words& option) {
  std::string out;
  for (const auto& name : option.names)
    out += (out.empty() ? "" : "|") + quoted(command.path + '/' + name);
  return out;
}

/// Walks to the command that the words before the cursor name: bash and zsh.
std::string walk(const std::vector<command_words>& all, const char* words) {
  std::string known;
  for (const auto& x : all)
    if (!x.path.empty())
      known += (known.empty() ? "" : "|") + quoted(x.path);
  return "  local at='' word next\n"
         "  for word in "
         + std::string{words}
         + "; do\n"
           "    next=\"${at:+$at }$word\"\n"
           "    case \"$next\" in\n"
           "      "
         + known
         + ") at=\"$next\" ;;\n"
           "    esac\n"
           "  done\n";
}

} // namespace

std::string bash_completion(const CLI::App& root) {
  auto all = words_of(root);
  std::string out = "# bash completion of riskbreaker, made by `riskbreaker "
                    "completion bash`\n"
                    "_riskbreaker() {\n"
                    "  local cur=\"${COMP_WORDS[COMP_CWORD]}\"\n"
                    "  local prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n";
  out += walk(all, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"");
  out += "  COMPREPLY=()\n"
         "  case \"$at/$prev\" in\n";
  each_value(all, [&](const auto& command, const auto& option) {
    out += "    " + pattern(command, option) + ") "
           + (option.choices.empty()
                ? std::string{"COMPREPLY=($(compgen -f -- \"$cur\"))"}
                : "COMPREPLY=($(compgen -W " + quoted(spaced(option.choices))
                    + " -- \"$cur\"))")
           + "; return ;;\n";
  });
  out += "  esac\n"
         "  local options='' commands=''\n"
         "  case \"$at\" in\n";
  for (const auto& x : all) {
    std::vector<std::string> names;
    for (const auto& option : x.options)
      names.insert(names.end(), option.names.begin(), option.names.end());
    out += "    " + quoted(x.path) + ") options=" + quoted(spaced(names))
           + " commands=" + quoted(spaced(x.subcommands)) + " ;;\n";
  }
  out += "  esac\n"
         "  if [[ $cur == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
         "  elif [[ -n $commands ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _riskbreaker riskbreaker\n";
  return out;
}

std::string zsh_completion(const CLI::App& root) {
  auto all = words_of(root);
  // A colon parts a word from what is said of it.
  auto said = [](const std::string& word, const std::string& about) {
    return quoted(word + ':' + about);
  };
  std::string out = "#compdef riskbreaker\n"
                    "# made by `riskbreaker completion zsh`\n"
                    "_riskbreaker() {\n"
                    "  local prev=\"${words[CURRENT-1]}\"\n";
  out += walk(all, "\"${(@)words[2,CURRENT-1]}\"");
  out += "  case \"$at/$prev\" in\n";
  each_value(all, [&](const auto& command, const auto& option) {
    out += "    " + pattern(command, option) + ") "
           + (option.choices.empty() ? std::string{"_files"}
                                     : "compadd -- " + spaced(option.choices))
           + "; return ;;\n";
  });
  out += "  esac\n"
         "  local -a options commands\n"
         "  case \"$at\" in\n";
  for (const auto& x : all) {
    out += "    " + quoted(x.path) + ")\n      options=(";
    for (const auto& option : x.options)
      for (const auto& name : option.names)
        out += "\n        " + said(name, option.about);
    out += ")\n      commands=(";
    for (const auto& y : all)
      if (!y.path.empty()
          && y.path == (x.path.empty() ? y.name : x.path + ' ' + y.name))
        out += "\n        " + said(y.name, y.about);
    out += ") ;;\n";
  }
  out += "  esac\n"
         "  if [[ $PREFIX == -* ]]; then\n"
         "    _describe option options\n"
         "  elif (( $#commands )); then\n"
         "    _describe command commands\n"
         "  else\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _riskbreaker ]; then\n"
         "  _riskbreaker\n"
         "else\n"
         "  compdef _riskbreaker riskbreaker\n"
         "fi\n";
  return out;
}

std::string fish_completion(const CLI::App& root) {
  auto all = words_of(root);
  std::string out = "# fish completion of riskbreaker, made by `riskbreaker "
                    "completion fish`\n"
                    "function __riskbreaker_at\n"
                    "  set -l at\n"
                    "  for word in (commandline -opc)[2..]\n"
                    "    set -l next (string join -- ' ' $at $word)\n"
                    "    contains -- $next";
  for (const auto& x : all)
    if (!x.path.empty())
      out += ' ' + quoted(x.path, true);
  out += "; and set at $next\n"
         "  end\n"
         "  test \"$at\" = \"$argv[1]\"\n"
         "end\n";
  for (const auto& x : all) {
    auto begin = "complete -c riskbreaker -n "
                 + quoted("__riskbreaker_at " + quoted(x.path, true), true);
    for (const auto& y : all)
      if (!y.path.empty()
          && y.path == (x.path.empty() ? y.name : x.path + ' ' + y.name))
        out += begin + " -f -a " + quoted(y.name, true) + " -d "
               + quoted(y.about, true) + '\n';
    for (const auto& option : x.options) {
      out += begin;
      for (const auto& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2)
                                      : " -s " + name.substr(1);
      if (option.takes_value)
        out += option.choices.empty()
                 ? std::string{" -r -F"}
                 : " -x -a " + quoted(spaced(option.choices), true);
      out += " -d " + quoted(option.about, true) + '\n';
    }
  }
  return out;
}

void add_completion_command(CLI::App& root, std::function<int()>& selected) {
  auto shell = std::make_shared<std::string>();
  auto* sub = root.add_subcommand(
    "completion", "Print a script that completes riskbreaker's commands");
  sub->add_option("SHELL", *shell, "bash, zsh or fish")
    ->required()
    ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  sub->footer(
    "Example, for this shell, or for all to come:\n"
    "  source <(riskbreaker completion bash)\n"
    "  riskbreaker completion bash > "
    "~/.local/share/bash-completion/completions/riskbreaker\n"
    "  riskbreaker completion fish > ~/.config/fish/completions/"
    "riskbreaker.fish\n"
    "  riskbreaker completion zsh > /usr/local/share/zsh/site-functions/"
    "_riskbreaker");
  sub->callback([shell, &root, &selected] {
    selected = [shell, &root] {
      std::cout << (*shell == "bash"  ? bash_completion(root)
                    : *shell == "zsh" ? zsh_completion(root)
                                      : fish_completion(root));
      return exit_ok;
    };
  });
}

} // namespace riskbreaker::app
