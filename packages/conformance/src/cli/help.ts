import { wrap } from "../report/layout.js";
import type { CommandDescription, Positional } from "./description.js";
import { EXIT_CODES } from "./exit-code.js";
import type { Option } from "./option.js";

const WIDEST = 100;

/** What `wireproof COMMAND --help` prints. */
export function commandHelp(command: CommandDescription, columns: number): string {
  const blocks = [
    `Usage: ${usageLine(command)}`,
    paragraph(
      command.details === undefined ? command.summary : `${command.summary} ${command.details}`,
      columns,
    ),
    table(
      "Arguments",
      command.positionals.map((one) => [positionalName(one), one.description]),
      columns,
    ),
    table("Options", optionRows(command), columns),
    examples(command),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** What `wireproof --help` prints. */
export function programHelp(commands: readonly CommandDescription[], columns: number): string {
  const blocks = [
    "Usage: wireproof <command> [options]",
    paragraph("Tests WebSocket servers and clients against RFC 6455 and reports what is wrong.", columns),
    table(
      "Commands",
      commands.map((command) => [command.name, command.summary]),
      columns,
    ),
    table(
      "Options",
      [
        ["-h, --help", "Print this help; after a command, the help of that command."],
        ["--version", "Print the version."],
      ],
      columns,
    ),
    table(
      "Exit codes",
      EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
      columns,
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The command with its arguments, in one line: `wireproof show <id> [options]`. */
export function usageLine(command: CommandDescription): string {
  const named = (isOptional: boolean): string[] =>
    command.positionals.filter(({ optional = false }) => optional === isOptional).map(positionalName);
  return ["wireproof", command.name, ...named(false), "[options]", ...named(true)].join(" ");
}

/** Every option of a command as it is typed, and its meaning with default and repetition. */
export function optionRows(command: CommandDescription): readonly (readonly [string, string])[] {
  const rows = Object.entries(command.options).map(
    ([name, option]) => [optionForm(name, option), optionText(option)] as const,
  );
  return [...rows, ["-h, --help", "Print this help."]];
}

export function positionalName(positional: Positional): string {
  if (positional.optional === true) return `[-- ${positional.name}…]`;
  if (positional.omittable === true) return `[${positional.name}${positional.variadic === true ? "…" : ""}]`;
  return positional.variadic === true ? `<${positional.name}…>` : `<${positional.name}>`;
}

function optionForm(name: string, option: Option<unknown>): string {
  return option.placeholder === undefined ? `--${name}` : `--${name} ${option.placeholder}`;
}

function optionText(option: Option<unknown>): string {
  const repeatable = option.repeatable === true ? " May be repeated." : "";
  const fallback = option.fallback === undefined ? "" : ` Default: ${option.fallback}.`;
  return `${option.description}${repeatable}${fallback}`;
}

function examples(command: CommandDescription): string {
  if (command.examples.length === 0) return "";
  const lines = command.examples.map(({ line, description }) => `  wireproof ${line}\n      ${description}`);
  return ["Examples:", ...lines].join("\n");
}

/** Two columns under a heading; the second column is wrapped. Empty without rows. */
export function table(
  heading: string,
  rows: readonly (readonly [string, string])[],
  columns: number,
): string {
  if (rows.length === 0) return "";
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  const lines = rows.map(([term, meaning]) => {
    const body = paragraph(meaning, columns - left).replaceAll("\n", `\n${" ".repeat(left)}`);
    return `  ${term.padEnd(left - 2)}${body}`;
  });
  return [`${heading}:`, ...lines].join("\n");
}

/** Wraps at `columns`, but between 30 and 100. */
function paragraph(text: string, columns: number): string {
  return wrap(text, Math.max(30, Math.min(columns, WIDEST))).join("\n");
}
