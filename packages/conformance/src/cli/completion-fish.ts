import {
  completedArguments,
  completedOptions,
  firstSentence,
  type Completed,
  type CompletedOption,
} from "./completion-words.js";
import type { CommandDescription } from "./description.js";

/** The script for fish. */
export function fishCompletion(commands: readonly CommandDescription[]): string {
  const names = commands.map(
    ({ name, summary }) =>
      `complete -c wireproof -n __fish_use_subcommand -a ${name} -d ${quoted(firstSentence(summary))}`,
  );
  return `# Completion of wireproof in fish.
complete -c wireproof -f
complete -c wireproof -n __fish_use_subcommand -l version -d 'Print the version'
complete -c wireproof -n __fish_use_subcommand -l help -d 'Print help'
complete -c wireproof -n __fish_use_subcommand -a help -d 'Print help'
${names.join("\n")}
${commands.flatMap(commandLines).join("\n")}
`;
}

function commandLines(command: CommandDescription): readonly string[] {
  const start = `complete -c wireproof -n '__fish_seen_subcommand_from ${command.name}'`;
  const given = argumentsOf(completedArguments(command));
  return [
    ...completedOptions(command).map((option) => `${start} ${optionOf(option)}`),
    ...(given === "" ? [] : [`${start} ${given}`]),
  ];
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
