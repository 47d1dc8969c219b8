import {
  completedArguments,
  completedOptions,
  firstSentence,
  secondWords,
  type Completed,
  type CompletedOption,
} from "./completion-words.js";
import type { CommandDescription } from "./description.js";

/** The script for fish. */
export function fishCompletion(commands: readonly CommandDescription[]): string {
  const pairs = [...secondWords(commands)].map(([first, seconds]) => ({
    first,
    words: seconds.map(({ word }) => word),
  }));
  const names = commands.map(({ name, summary }) => {
    const [first, second] = name.split(" ");
    const said = quoted(firstSentence(summary));
    if (second === undefined) return `complete -c wireproof -n __fish_use_subcommand -a ${name} -d ${said}`;
    const words = pairs.find((one) => one.first === first)?.words.join(" ") ?? "";
    const isNext = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${words}`;
    return `complete -c wireproof -n ${quoted(isNext)} -a ${second} -d ${said}`;
  });
  const heads = pairs.map(
    ({ first, words }) =>
      `complete -c wireproof -n __fish_use_subcommand -a ${first} -d ${quoted(words.join(", "))}`,
  );
  return `# Completion of wireproof in fish.
complete -c wireproof -f
complete -c wireproof -n __fish_use_subcommand -l version -d 'Print the version'
complete -c wireproof -n __fish_use_subcommand -l help -d 'Print help'
complete -c wireproof -n __fish_use_subcommand -a help -d 'Print help'
${[...names, ...heads].join("\n")}
${commands.flatMap((command) => commandLines(command, pairs)).join("\n")}
`;
}

interface Pair {
  readonly first: string;
  readonly words: readonly string[];
}

function commandLines(command: CommandDescription, pairs: readonly Pair[]): readonly string[] {
  const start = `complete -c wireproof -n ${quoted(conditionOf(command, pairs))}`;
  const given = argumentsOf(completedArguments(command));
  return [
    ...completedOptions(command).map((option) => `${start} ${optionOf(option)}`),
    ...(given === "" ? [] : [`${start} ${given}`]),
  ];
}

/** When a command is meant. The name of one may be the second word of another, as in `run` and `matrix run`. */
function conditionOf({ name }: CommandDescription, pairs: readonly Pair[]): string {
  const words = name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  const others = pairs.filter((pair) => pair.words.includes(name));
  return [...words, ...others.map(({ first }) => `not __fish_seen_subcommand_from ${first}`)].join("; and ");
}

function optionOf({ flag, description, value }: CompletedOption): string {
  const head = `-l ${flag.slice(2)} -d ${quoted(description)}`;
  if (value === null) return head;
  const given = argumentsOf(value);
  return `${head} ${given === "-F" ? "-r -F" : `-x${given === "" ? "" : ` ${given}`}`}`;
}

function argumentsOf(completed: Completed): string {
  switch (completed.kind) {
    case "words":
      return `-a ${quoted(completed.words.join(" "))}`;
    case "files":
      return "-F";
    case "folders":
      return "-a '(__fish_complete_directories)'";
    case "anything":
      return "";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
