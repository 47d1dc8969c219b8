import { quote } from "../report/escape.js";
import { didYouMean } from "./nearest.js";
import { UsageError } from "./usage-error.js";

/** A flag of a command: its description, and how its values are read. */
export interface Option<T> {
  /** Name of the value in help texts, such as `FILE`. A switch has none. */
  readonly placeholder?: string;
  readonly description: string;
  readonly repeatable?: boolean;
  /** What a value may be; any text if absent. Settings in files and completion in shells know it from here. */
  readonly values?: ValueKind;
  /** Values that are worth suggesting where others are allowed too. */
  readonly suggests?: readonly string[];
  /** The default, as help texts show it. */
  readonly fallback?: string;
  /** The value of a flag without one; the flag takes what follows it only if that is a whole number. */
  readonly bare?: string;
  /**
   * Makes the value from all texts that were given, in order; `given` is empty if the flag was not used. Throws a
   * UsageError with a sentence that begins with the flag.
   */
  readonly read: (given: readonly string[], flag: string) => T;
}

/** The options of a command by name, without the dashes. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values that the options of a command were read as: `--timeout-scale` is `timeoutScale`. */
export type Values<O extends Options> = {
  readonly [K in keyof O & string as CamelCase<K>]: ReturnType<O[K]["read"]>;
};

/** Options of several tables in one, as a type to which `Values` can be applied. */
export type Joined<T> = { readonly [K in keyof T]: T[K] };

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A number from `min` to `max`, both included, or one of a few words. */
export type ValueKind =
  | { readonly type: "number"; readonly min: number; readonly max: number; readonly integer: boolean }
  | { readonly type: "choice"; readonly choices: readonly string[] };

/** Reads one value, or throws a UsageError. */
export interface ReadOne<T> {
  (value: string, flag: string): T;
  /** What it takes, if that can be said. */
  readonly values?: ValueKind;
}

/** A switch: given or not. */
export function toggle(description: string): Option<boolean> {
  return { description, read: (given) => given.length > 0 };
}

/** An option with one value. If it is given twice, the last one counts. */
export function single<T>(placeholder: string, description: string, one: ReadOne<T>): Option<T | undefined> {
  return {
    placeholder,
    description,
    ...(one.values === undefined ? {} : { values: one.values }),
    read: (given, flag) => {
      const last = given.at(-1);
      return last === undefined ? undefined : one(last, flag);
    },
  };
}

/** As `single`, with a default. */
export function withDefault<T extends string | number>(option: Option<T | undefined>, value: T): Option<T> {
  return { ...option, fallback: String(value), read: (given, flag) => option.read(given, flag) ?? value };
}

/** An option that may be given several times. */
export function several<T>(placeholder: string, description: string, one: ReadOne<T>): Option<readonly T[]> {
  return {
    placeholder,
    description,
    repeatable: true,
    ...(one.values === undefined ? {} : { values: one.values }),
    read: (given, flag) => given.map((value) => one(value, flag)),
  };
}

/** Reads any text that is not empty and contains no control characters. */
export function plainText(value: string, flag: string): string {
  if (value.trim() === "") throw new UsageError(`${flag} needs a value that is not empty`);
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) {
    throw new UsageError(`${flag} does not allow control characters, as in ${quote(value)}`);
  }
  return value;
}

/** Reads a decimal number from `min` to `max`, both included. */
export function numberBetween(min: number, max: number, kind: "integer" | "decimal"): ReadOne<number> {
  const form = kind === "integer" ? /^\d+$/ : /^(\d+\.?\d*|\.\d+)$/;
  const noun = kind === "integer" ? "a whole number" : "a number";
  const one = (value: string, flag: string): number => {
    const number = form.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new UsageError(`${flag} takes ${noun} from ${min} to ${max}, not ${quote(value)}`);
  };
  return Object.assign(one, { values: { type: "number", min, max, integer: kind === "integer" } as const });
}

/** Reads one of a few words. */
export function oneOf<T extends string>(choices: readonly T[]): ReadOne<T> {
  const one = (value: string, flag: string): T => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const hint = didYouMean(value, choices);
    throw new UsageError(`${flag} takes ${choices.join(" or ")}, not ${quote(value)}${hint}`);
  };
  return Object.assign(one, { values: { type: "choice", choices } as const });
}
