import {
  completedArguments,
  completedOptions,
  firstSentence,
  secondWords,
  type Completed,
  type CompletedOption,
} from "./completion-words.js";
import type { CommandDescription } from "./description.js";

/** The script for zsh: a file of fpath, or to be sourced after compinit. */
export function zshCompletion(commands: readonly CommandDescription[]): string {
  const pairs = [...secondWords(commands)];
  const described = commands.flatMap(({ name, summary }) =>
    name.includes(" ") ? [] : quoted(`${name}:${firstSentence(summary)}`),
  );
  const heads = pairs.map(([first, seconds]) =>
    quoted(`${first}:${seconds.map(({ word }) => word).join(", ")}`),
  );
  return `#compdef wireproof
# Completion of wireproof in zsh.
_wireproof() {
  local -a commands
  commands=(
${[...described, ...heads].map((one) => `    ${one}`).join("\n")}
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
${pairs.map(([first, seconds]) => pairCase(first, seconds)).join("\n")}
  esac
  case $name in
    help) _describe -t commands command commands ;;
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _wireproof ]]; then _wireproof "$@"; else compdef _wireproof wireproof; fi
`;
}

/** Commands with names of two words: the second one is completed, and then both are the name. */
function pairCase(
  first: string,
  seconds: readonly { readonly word: string; readonly command: CommandDescription }[],
): string {
  const described = seconds.map(({ word, command }) => quoted(`${word}:${firstSentence(command.summary)}`));
  return `    ${first})
      if (( CURRENT == 2 )); then
        commands=(${described.join(" ")})
        _describe -t commands command commands
        return
      fi
      name="$name $words[2]"
      shift words
      (( CURRENT-- ))
      ;;`;
}

function commandCase(command: CommandDescription): string {
  const specs = [
    ...completedOptions(command).map(optionSpec),
    quoted(`*:${command.positionals[0]?.name ?? "argument"}:${action(completedArguments(command))}`),
  ];
  return `    ${quoted(command.name)})\n      _arguments \\\n${specs.map((spec) => `        ${spec}`).join(" \\\n")}\n      ;;`;
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
