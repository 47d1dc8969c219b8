import type { Options } from "./option.js";

/** A command as data: its help, the reference page and the parser are made from it. */
export interface CommandDescription {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** More sentences for its own help. */
  readonly details?: string;
  /** Required unless they say otherwise. */
  readonly positionals: readonly Positional[];
  readonly options: Options;
  readonly examples: readonly Example[];
}

/** An argument that is not an option. Only the last one may be variadic. */
export interface Positional {
  readonly name: string;
  readonly description: string;
  /** One or more instead of exactly one. */
  readonly variadic?: boolean;
  /** May be missing, and follows `--`, so that an argument that looks like an option is not read as one of ours. */
  readonly optional?: boolean;
  /** The only values; any text if absent. */
  readonly values?: readonly string[];
  /** May be missing. */
  readonly omittable?: boolean;
}

export interface Example {
  /** Everything after the name of the program. */
  readonly line: string;
  readonly description: string;
}
