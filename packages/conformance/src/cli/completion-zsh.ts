import {
  completedArguments,
  completedOptions,
  firstSentence,
  type Completed,
  type CompletedOption,
} from "./completion-words.js";
import type { CommandDescription } from "./description.js";

/** The script for zsh: a file of fpath, or to be sourced after compinit. */
export function zshCompletion(commands: readonly CommandDescription[]): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${firstSentence(summary)}`));
  return `#compdef wireproof
# Completion of wireproof in zsh.
_wireproof() {
  local -a commands
  commands=(
${described.map((one) => `    ${one}`).join("\n")}
    'help:Print help'
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then compadd -- --help --version; else _describe -t commands command commands; fi
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
    help) _describe -t commands command commands ;;
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _wireproof ]]; then _wireproof "$@"; else compdef _wireproof wireproof; fi
`;
}

function commandCase(command: CommandDescription): string {
  const specs = [
    ...completedOptions(command).map(optionSpec),
    quoted(`*:${command.positionals[0]?.name ?? "argument"}:${action(completedArguments(command))}`),
  ];
  return `    ${command.name})\n      _arguments \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")}\n      ;;`;
}

function optionSpec({ flag, description, value, isRepeatable }: CompletedOption): string {
  const head = `${isRepeatable ? "*" : ""}${flag}`;
  const text = `[${description.replaceAll(/[[\]\\:]/g, "\\$&")}]`;
  if (value === null) return quoted(`${head}${text}`);
  return quoted(`${head}=${text}:${value.placeholder.replaceAll(":", "\\:")}:${action(value)}`);
}

function action(completed: Completed): string {
  switch (completed.kind) {
    case "words":
      return `(${completed.words.join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "anything":
      return " ";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
