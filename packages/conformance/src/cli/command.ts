import { commandHelp } from "./help.js";
import { asksForHelp, parseArguments } from "./parse-arguments.js";
import type { Option } from "./option.js";
import type { Io } from "./io.js";

/** The options of a command by name, without the dashes. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** What the options of a command were read as. */
export type Values<O extends Options> = { readonly [K in keyof O]: ReturnType<O[K]["read"]> };

/** Arguments that are not options. Only the last one may be variadic. */
export interface Positional {
  readonly name: string;
  readonly description: string;
  /** One or more instead of exactly one. */
  readonly variadic?: boolean;
  /** May be missing, and stands behind `--`, so that what looks like an option is none of ours. */
  readonly optional?: boolean;
}

export interface Example {
  /** Everything behind the name of the program. */
  readonly line: string;
  readonly description: string;
}

/** A command as data: help, the reference page and the parser are made from it. */
export interface CommandDefinition<O extends Options> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** More sentences for its own help. */
  readonly details?: string;
  /** Required unless they say otherwise. */
  readonly positionals: readonly Positional[];
  readonly options: O;
  readonly examples: readonly Example[];
  /** Returns the exit code; throws a UsageError for what it cannot do. */
  readonly action: (values: Values<O>, positionals: readonly string[], io: Io) => Promise<number>;
}

/** A command without the types of its options. */
export interface Command extends Omit<CommandDefinition<Options>, "action"> {
  /** Parses what follows the name of the command and acts; `--help` prints help instead. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export function command<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { action, ...described } = definition;
  const made: Command = {
    ...described,
    run: async (args, io) => {
      if (asksForHelp(made, args)) {
        await io.print(commandHelp(made, io.columns));
        return 0;
      }
      const { given, positionals } = parseArguments(made, args);
      return action(readValues(definition.options, given), positionals, io);
    },
  };
  return made;
}

function readValues<O extends Options>(options: O, given: ReadonlyMap<string, readonly string[]>): Values<O> {
  const read = Object.entries(options).map(([name, option]) => [
    name,
    option.read(given.get(name) ?? [], `--${name}`),
  ]);
  return Object.fromEntries(read) as Values<O>;
}
