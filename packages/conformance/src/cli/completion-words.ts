import type { CommandDescription } from "./description.js";
import type { Option } from "./option.js";

/** What may follow an option or stand as an argument: words, the names of files or of folders, or anything else. */
export type Completed =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "folders" | "anything" };

/** What completion knows about an option. */
export interface CompletedOption {
  /** With its dashes. */
  readonly flag: string;
  readonly description: string;
  /** Null for a switch. */
  readonly value: (Completed & { readonly placeholder: string }) | null;
  readonly isRepeatable: boolean;
}

/** The options of a command, `--help` included. */
export function completedOptions({ options }: CommandDescription): readonly CompletedOption[] {
  const own = Object.entries(options).map(([name, option]) => ({
    flag: `--${name}`,
    description: firstSentence(option.description),
    value: option.placeholder === undefined ? null : { ...valueOf(option), placeholder: option.placeholder },
    isRepeatable: option.repeatable === true,
  }));
  return [...own, { flag: "--help", description: "Print this help.", value: null, isRepeatable: false }];
}

/** What can stand as an argument of a command. */
export function completedArguments({ positionals }: CommandDescription): Completed {
  const [first] = positionals;
  if (first?.values !== undefined) return { kind: "words", words: first.values };
  return {
    kind: first === undefined || first.name === "url" || first.name === "names" ? "anything" : "files",
  };
}

/** What a command line may begin with: names of one word, and the first words of the others, each once. */
export function firstWords(commands: readonly CommandDescription[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? name))];
}

/** The second words of names such as `matrix run`, with their commands, by the first word. */
export function secondWords(
  commands: readonly CommandDescription[],
): ReadonlyMap<string, readonly { readonly word: string; readonly command: CommandDescription }[]> {
  const found = new Map<string, { word: string; command: CommandDescription }[]>();
  for (const command of commands) {
    const [first = "", word] = command.name.split(" ");
    if (word !== undefined) found.set(first, [...(found.get(first) ?? []), { word, command }]);
  }
  return found;
}

/** The first sentence of a description, without its full stop. */
export function firstSentence(description: string): string {
  return (/^.*?[.:](?= |$)/.exec(description)?.[0] ?? description).replace(/[.:]$/, "");
}

function valueOf({ placeholder, values, suggests }: Option<unknown>): Completed {
  if (values?.type === "choice") return { kind: "words", words: values.choices };
  if (suggests !== undefined) return { kind: "words", words: suggests };
  if (placeholder === "FILE") return { kind: "files" };
  return { kind: placeholder === "DIR" ? "folders" : "anything" };
}
