import * as z from "zod";

import type { Option, Options } from "../cli/option.js";
import { SERVE_OPTIONS } from "../cli/serve-options.js";
import { TEST_CLIENT_OPTIONS } from "../cli/test-client-options.js";
import { TEST_OPTIONS } from "../cli/test-options.js";

/** Options that are no setting: the file cannot name itself. */
const NO_SETTINGS: ReadonlySet<string> = new Set(["config"]);

/** The key of an option in a configuration: `timeoutScale` of `timeout-scale`. */
export function keyOf(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The options of a table that have a key, by their key. */
function keysOf(options: Options): ReadonlyMap<string, string> {
  const names = Object.keys(options).filter((name) => !NO_SETTINGS.has(name));
  return new Map(names.map((name) => [keyOf(name), name]));
}

/** What stands in a configuration for every target and every command. Where tables differ, more is allowed here. */
const SHARED: Options = { ...SERVE_OPTIONS, ...TEST_CLIENT_OPTIONS, ...TEST_OPTIONS };

/** The tables whose options are settings, with the options by their key. */
export const SETTINGS: {
  readonly shared: ReadonlyMap<string, string>;
  readonly server: ReadonlyMap<string, string>;
  readonly client: ReadonlyMap<string, string>;
} = {
  shared: keysOf(SHARED),
  server: keysOf(TEST_OPTIONS),
  client: keysOf(TEST_CLIENT_OPTIONS),
};

const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** A server of a configuration. */
export const serverSchema: z.ZodType<Readonly<Record<string, unknown>>> = z.strictObject({
  url: words.describe("Address of the server, ws:// or wss://, or several."),
  ...shapeOf(TEST_OPTIONS),
});

/** A client of a configuration. */
export const clientSchema: z.ZodType<Readonly<Record<string, unknown>>> = z.strictObject({
  command: words.describe(
    "The command that starts the client, in one text that is split as a shell does, or as a list of words. {url} stands for the address of the tester.",
  ),
  ...shapeOf(TEST_CLIENT_OPTIONS),
});

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

const shared = {
  $schema: z.string().optional(),
  ...shapeOf(SHARED),
};

/** A configuration, its targets not yet looked at. */
export const outerSchema: z.ZodType<Readonly<Record<string, unknown>>> = z.strictObject({
  ...shared,
  targets: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** A whole configuration, as it is published for editors. */
export const configSchema: z.ZodType = z
  .strictObject({
    ...shared,
    targets: z
      .record(z.string().regex(NAME), z.union([serverSchema, clientSchema]))
      .optional()
      .describe("What wireproof run tests, by name, in this order."),
  })
  .describe("Settings of wireproof: wireproof.config.json.");

/** Whether this may be the name of a target: it becomes the name of a folder. */
export function isTargetName(name: string): boolean {
  return NAME.test(name);
}

function shapeOf(options: Options): Record<string, z.ZodType> {
  return Object.fromEntries(
    [...keysOf(options)].map(([key, name]) => [key, schemaOf(options[name] as Option<unknown>)]),
  );
}

function schemaOf(option: Option<unknown>): z.ZodType {
  const one = valueSchema(option);
  const any = option.repeatable === true ? z.union([one, z.array(one)]) : one;
  return any.optional().describe(option.description);
}

function valueSchema({ placeholder, values }: Option<unknown>): z.ZodType {
  if (placeholder === undefined) return z.boolean();
  if (values === undefined) return z.string();
  if (values.type === "choice") return z.enum([...values.choices]);
  const { min, max, integer } = values;
  return integer ? z.int().min(min).max(max) : z.number().min(min).max(max);
}
