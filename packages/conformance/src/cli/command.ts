import type { CommandDescription } from "./description.js";
import { commandHelp } from "./help.js";
import type { Io } from "./io.js";
import type { Options, Values } from "./option.js";
import { asksForHelp, parseArguments } from "./parse-arguments.js";
import { UsageError } from "./usage-error.js";

/** A command with what it does. */
export interface CommandDefinition<O extends Options> extends CommandDescription {
  readonly options: O;
  /** Values for options that are not on the command line, by the name of the option. */
  readonly settings?: (given: GivenTexts) => Promise<Settings>;
  /** Returns the exit code; throws a UsageError for what it cannot do. */
  readonly action: (
    values: Values<O>,
    positionals: readonly string[],
    io: Io,
    given: GivenTexts,
  ) => Promise<number>;
}

/** What was typed, by the name of the option. */
export type GivenTexts = ReadonlyMap<string, readonly string[]>;

/** Values as if they were typed, with the place where they stand, for messages. */
export type Settings = ReadonlyMap<string, { readonly texts: readonly string[]; readonly place: string }>;

/** A command without the types of its options. */
export interface Command extends CommandDescription {
  /** Parses the arguments that follow the name of the command and acts; `--help` prints help instead. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export function command<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { action, settings, ...described } = definition;
  return {
    ...described,
    run: async (args, io) => {
      if (asksForHelp(described, args)) {
        await io.print(commandHelp(described, io.columns));
        return 0;
      }
      const { given, positionals } = parseArguments(described, args);
      const stored: Settings = (await settings?.(given)) ?? new Map();
      const values = readValues(definition.options, given, stored);
      return action(values, positionals, io, given).catch((error: unknown) => {
        throw error instanceof UsageError ? withPlaces(error, given, stored) : error;
      });
    },
  };
}

/** Says where a flag stands that an error names and nobody has typed. */
function withPlaces(error: UsageError, given: GivenTexts, stored: Settings): UsageError {
  const flags = new Set(error.message.match(/--[a-z][a-z-]*/g));
  const places = [...stored].flatMap(([name, { place }]) =>
    flags.has(`--${name}`) && !given.has(name) ? [place] : [],
  );
  return places.length === 0 ? error : new UsageError(`${error.message} (from ${places.join(" and ")})`);
}

/** Reads the values of options: what was typed wins over settings. Throws a UsageError. */
export function readValues<O extends Options>(
  options: O,
  given: GivenTexts,
  settings: Settings = new Map(),
): Values<O> {
  const read = Object.entries(options).map(([name, option]) => {
    const typed = given.get(name);
    const { texts, place } = (typed === undefined ? settings.get(name) : undefined) ?? {
      texts: typed ?? [],
      place: `--${name}`,
    };
    return [
      name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      option.read(texts, place),
    ];
  });
  return Object.fromEntries(read) as Values<O>;
}
