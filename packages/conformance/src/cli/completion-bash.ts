import {
  completedArguments,
  completedOptions,
  firstWords,
  secondWords,
  type Completed,
} from "./completion-words.js";
import type { CommandDescription } from "./description.js";

/** The script for bash, 3.2 included, which macOS has. */
export function bashCompletion(commands: readonly CommandDescription[]): string {
  const names = [...firstWords(commands), "help", "--help", "--version"];
  const pairs = [...secondWords(commands)];
  return `# Completion of wireproof in bash.
_wireproof_reply() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_wireproof() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  # Bash takes --option=value apart.
  if [[ $cur == = ]]; then cur=""; elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD - 2]}"; fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    _wireproof_reply < <(compgen -W ${quoted(names)} -- "$cur")
    return
  fi
  local name="\${COMP_WORDS[1]}"
  case "$name" in
${pairs
  .map(([first, seconds]) =>
    pairCase(
      first,
      seconds.map(({ word }) => word),
    ),
  )
  .join("\n")}
  esac
  case "$name $prev" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case "$name" in
${commands.map(flagCase).join("\n")}
    esac
    return
  fi
  case "$name" in
    help) _wireproof_reply < <(compgen -W ${quoted(names)} -- "$cur") ;;
${commands.flatMap(argumentCase).join("\n")}
  esac
}
complete -F _wireproof wireproof
`;
}

/** Commands with names of two words: the second one is completed, and then both are the name. */
function pairCase(first: string, seconds: readonly string[]): string {
  const line = reply({ kind: "words", words: seconds });
  return `    ${first}) if (( COMP_CWORD == 2 )); then ${line} return; fi; name="$name \${COMP_WORDS[2]}" ;;`;
}

/** What follows an option with a value; where nothing is known of it, nothing is suggested. */
function valueCases(command: CommandDescription): readonly string[] {
  return completedOptions(command).flatMap(({ flag, value }) =>
    value === null ? [] : [`    "${command.name} ${flag}") ${reply(value)} return ;;`],
  );
}

function flagCase(command: CommandDescription): string {
  const flags = completedOptions(command).map(({ flag }) => flag);
  return `      "${command.name}") ${reply({ kind: "words", words: flags })} ;;`;
}

function argumentCase(command: CommandDescription): readonly string[] {
  const line = reply(completedArguments(command));
  return line === "" ? [] : [`    "${command.name}") ${line} ;;`];
}

function reply(completed: Completed): string {
  switch (completed.kind) {
    case "words":
      return `_wireproof_reply < <(compgen -W ${quoted(completed.words)} -- "$cur");`;
    case "files":
      return `compopt -o filenames 2> /dev/null; _wireproof_reply < <(compgen -f -- "$cur");`;
    case "folders":
      return `compopt -o filenames 2> /dev/null; _wireproof_reply < <(compgen -d -- "$cur");`;
    case "anything":
      return "";
  }
}

/** Names of commands, options and choices have no quotes. */
function quoted(words: readonly string[]): string {
  return `'${words.join(" ")}'`;
}
