import { parseArgs } from "node:util";

import type { CommandDescription } from "./description.js";
import { didYouMean } from "./nearest.js";
import { quote } from "../report/escape.js";
import { UsageError } from "./usage-error.js";

/** The arguments, sorted: values by option, and positionals. A switch has an empty value. */
export interface Arguments {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

type Described = Pick<CommandDescription, "name" | "options" | "positionals">;
type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** True if `-h` or `--help` is among the options, even if others are wrong. */
export function asksForHelp(command: Described, args: readonly string[]): boolean {
  return tokens(command, args).some((token) => token.kind === "option" && token.name === "help");
}

/**
 * Sorts the arguments of a command. It is as strict as the strict mode of `util.parseArgs`, which is not used because
 * its messages have no suggestions. Throws a UsageError for unknown options, missing or unwanted values, and a wrong
 * number of positionals.
 */
export function parseArguments(command: Described, args: readonly string[]): Arguments {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens(command, args)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const values = given.get(token.name) ?? [];
    values.push(optionValue(command, token));
    given.set(token.name, values);
  }
  checkPositionals(command, positionals);
  return { given, positionals };
}

function tokens(command: Described, args: readonly string[]): readonly Token[] {
  const described = Object.entries(command.options).map(([name, option]) => [
    name,
    { type: option.placeholder === undefined ? "boolean" : "string" } as const,
  ]);
  const options = {
    ...Object.fromEntries(described),
    help: { type: "boolean", short: "h" },
  } as const;
  const written = withBareValues(command, args);
  return parseArgs({ args: written, options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** Flags that need no value get the one that they have without it. */
function withBareValues({ options }: Described, args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    if (end >= 0 && index > end) return arg;
    const name = arg.startsWith("--") ? arg.slice(2) : "";
    const bare = Object.hasOwn(options, name) ? options[name]?.bare : undefined;
    return bare === undefined || /^\d+$/.test(args[index + 1] ?? "") ? arg : `${arg}=${bare}`;
  });
}

function optionValue(command: Described, token: OptionToken): string {
  const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
  if (option === undefined || !token.rawName.startsWith("--")) throw unknownOption(command, token);
  if (option.placeholder === undefined) {
    if (token.value !== undefined) throw new UsageError(`--${token.name} takes no value`);
    return "";
  }
  if (token.value === undefined) {
    throw new UsageError(`--${token.name} needs a value: --${token.name} ${option.placeholder}`);
  }
  if (!token.inlineValue && token.value.startsWith("-")) {
    const inline = `--${token.name}=${token.value}`;
    throw new UsageError(
      `--${token.name} needs a value; if the value is ${quote(token.value)}, write ${quote(inline)}`,
    );
  }
  return token.value;
}

function unknownOption(command: Described, token: OptionToken): UsageError {
  const hint = didYouMean(token.name, [...Object.keys(command.options), "help"], "--");
  const help = hint === "" ? `; see wireproof ${command.name} --help` : hint;
  return new UsageError(`unknown option ${quote(token.rawName)}${help}`);
}

function checkPositionals(command: Described, positionals: readonly string[]): void {
  const missing = command.positionals[positionals.length];
  if (missing !== undefined && missing.optional !== true && missing.omittable !== true) {
    throw new UsageError(`${command.name} needs ${missing.name}: ${missing.description}`);
  }
  const extra = positionals[command.positionals.length];
  if (extra !== undefined && command.positionals.at(-1)?.variadic !== true) {
    throw new UsageError(`unexpected argument ${quote(extra)}; see wireproof ${command.name} --help`);
  }
}
