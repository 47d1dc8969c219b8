import type { CommandDescription } from "./description.js";
import { commandHelp } from "./help.js";
import type { Io } from "./io.js";
import type { Options, Values } from "./option.js";
import { asksForHelp, parseArguments } from "./parse-arguments.js";

/** A command with what it does. */
export interface CommandDefinition<O extends Options> extends CommandDescription {
  readonly options: O;
  /** Returns the exit code; throws a UsageError for what it cannot do. */
  readonly action: (values: Values<O>, positionals: readonly string[], io: Io) => Promise<number>;
}

/** A command without the types of its options. */
export interface Command extends CommandDescription {
  /** Parses the arguments that follow the name of the command and acts; `--help` prints help instead. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

export function command<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { action, ...described } = definition;
  return {
    ...described,
    run: async (args, io) => {
      if (asksForHelp(described, args)) {
        await io.print(commandHelp(described, io.columns));
        return 0;
      }
      const { given, positionals } = parseArguments(described, args);
      return action(readValues(definition.options, given), positionals, io);
    },
  };
}

function readValues<O extends Options>(options: O, given: ReadonlyMap<string, readonly string[]>): Values<O> {
  const read = Object.entries(options).map(([name, option]) => [
    name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    option.read(given.get(name) ?? [], `--${name}`),
  ]);
  return Object.fromEntries(read) as Values<O>;
}
