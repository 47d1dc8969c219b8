import * as z from "zod";
import { didYouMean } from "../cli/nearest.js";
import { isNestedTooDeep, MAX_NESTING } from "../nesting.js";
import { quote } from "../report/escape.js";
import { SpecError } from "./spec-error.js";

/** `fuzzingclient.json`: which servers are tested, and how. */
export interface ClientSpec extends CommonSpec {
  /** Empty if the file names no server: then the command line has to. */
  readonly servers: readonly ServerSpec[];
}

/** `fuzzingserver.json`: where clients are tested, and how. */
export interface ServingSpec extends CommonSpec {
  readonly url: string;
  /** PEM files. */
  readonly key: string | undefined;
  readonly cert: string | undefined;
}

export interface CommonSpec {
  readonly outdir: string;
  readonly cases: readonly string[];
  readonly exclude: readonly string[];
  readonly excludeByAgent: Readonly<Record<string, readonly string[]>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** `"suite": "all"`: `*` matches every case. */
  readonly everything: boolean;
  /** Which parts of the file are ignored, one sentence each without a full stop. */
  readonly notes: readonly string[];
}

/** One entry of `servers`. */
export interface ServerSpec {
  readonly url: string;
  readonly agent: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly protocols: readonly string[];
  readonly origin: string | undefined;
  readonly hostname: string | undefined;
}

/** `massconnect.json`. */
export interface MassConnectSpec {
  readonly connections: number;
  readonly batchSize: number;
  readonly batchDelayMs: number;
  readonly retryDelayMs: number;
  readonly servers: readonly { readonly name: string; readonly url: string }[];
  readonly notes: readonly string[];
}

/** Reads the text of a `fuzzingclient.json`. Throws a SpecError. */
export function readClientSpec(text: string): ClientSpec {
  const { value, notes } = read(text, clientSchema, [...COMMON_KEYS, "servers", "protocols"]);
  const servers = (value.servers ?? []).map((server) => ({
    ...server,
    agent: server.agent === null ? undefined : server.agent,
    options: server.options ?? {},
    protocols: server.protocols ?? [],
    origin: server.origin ?? undefined,
    hostname: server.hostname ?? undefined,
  }));
  const unknown = (value.servers ?? []).flatMap((server) => unknownKeys(server, SERVER_KEYS));
  const ofServers = unknown.map((key) => `servers: ${key}`);
  return { ...common(value, "./reports/servers/"), servers, notes: [...notes, ...ofServers] };
}

/** Reads the text of a `fuzzingserver.json`. Throws a SpecError. */
export function readServingSpec(text: string): ServingSpec {
  const { value, notes } = read(text, servingSchema, [
    ...COMMON_KEYS,
    "url",
    "key",
    "cert",
    "protocols",
    "webport",
  ]);
  return {
    ...common(value, "./reports/clients/"),
    url: value.url,
    key: value.key ?? undefined,
    cert: value.cert ?? undefined,
    notes: [...notes, ...deadKeys(value)],
  };
}

/** Reads the text of a `massconnect.json`. Throws a SpecError. */
export function readMassConnectSpec(text: string): MassConnectSpec {
  const { value, notes } = read(text, massSchema, ["options", "servers"]);
  const { options, servers } = value;
  return {
    connections: options?.connections ?? 10_000,
    batchSize: options?.batchsize ?? 100,
    batchDelayMs: options?.batchdelay ?? 10,
    retryDelayMs: options?.retrydelay ?? 10,
    servers: servers.map(({ name, uri }) => ({ name: name ?? uri, url: uri })),
    notes,
  };
}

const text = z.string();
const patterns = z.array(text);
const record = z.record(text, z.unknown());
const COMMON_KEYS = ["outdir", "cases", "exclude-cases", "exclude-agent-cases", "options", "suite"];
const SERVER_KEYS = ["url", "agent", "options", "protocols", "origin", "hostname"];

const commonFields = {
  outdir: text.min(1).nullish(),
  cases: patterns,
  "exclude-cases": patterns.nullish(),
  "exclude-agent-cases": z.record(text, patterns).nullish(),
  options: record.nullish(),
  suite: z.enum(["all", "autobahn"]).nullish(),
};
const commonSchema = z.looseObject(commonFields);
const serverSchema = z.looseObject({
  url: text,
  agent: text.nullish(),
  options: record.nullish(),
  protocols: patterns.nullish(),
  origin: text.nullish(),
  hostname: text.nullish(),
});
const clientSchema = z.looseObject({ ...commonFields, servers: z.array(serverSchema).nullish() });
const servingSchema = z.looseObject({
  ...commonFields,
  url: text,
  key: text.nullish(),
  cert: text.nullish(),
  protocols: z.unknown().optional(),
  webport: z.unknown().optional(),
});
const massSchema = z.looseObject({
  options: z
    .looseObject({
      connections: z.int().min(1).max(1_000_000).nullish(),
      batchsize: z.int().min(1).max(1_000_000).nullish(),
      batchdelay: z.number().min(0).max(3_600_000).nullish(),
      retrydelay: z.number().min(0).max(3_600_000).nullish(),
    })
    .nullish(),
  servers: z.array(z.looseObject({ uri: text, name: text.nullish() })).min(1),
});

function common(value: z.infer<typeof commonSchema>, outdir: string): Omit<CommonSpec, "notes"> {
  return {
    outdir: value.outdir ?? outdir,
    cases: value.cases,
    exclude: value["exclude-cases"] ?? [],
    excludeByAgent: value["exclude-agent-cases"] ?? {},
    options: value.options ?? {},
    everything: value.suite === "all",
  };
}

/** Keys that are in examples of the original, although it never reads them. */
function deadKeys({ webport, protocols }: { webport?: unknown; protocols?: unknown }): readonly string[] {
  const offered = Array.isArray(protocols) && protocols.length > 0;
  return [
    ...(webport === undefined ? [] : ["webport is ignored: set the port of the pages with -u"]),
    ...(offered ? ["protocols is ignored: the server selects no subprotocol"] : []),
  ];
}

function read<T>(
  json: string,
  schema: z.ZodType<T>,
  known: readonly string[],
): { readonly value: T; readonly notes: readonly string[] } {
  const parsed = schema.safeParse(parse(json));
  if (!parsed.success) throw new SpecError(parsed.error.issues.slice(0, 3).map(sentence).join("; "));
  return { value: parsed.data, notes: unknownKeys(parsed.data as object, known) };
}

function parse(json: string): unknown {
  if (isNestedTooDeep(Buffer.from(json))) throw new SpecError(`this is nested more than ${MAX_NESTING} deep`);
  try {
    return JSON.parse(json.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    throw new SpecError(`this is not JSON: ${error instanceof Error ? quote(error.message) : String(error)}`);
  }
}

/** Keys that are not read. Keys such as `_comment` are comments and are not listed. */
function unknownKeys(value: object, known: readonly string[]): readonly string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key) && !/^[_#/]|^comments?$/.test(key))
    .map((key) => `${quote(key)} is ignored${didYouMean(key, known)}`);
}

function sentence({ path, code, message }: z.core.$ZodIssue): string {
  const place = path.map((part) => (typeof part === "number" ? `[${part}]` : String(part))).join(" ");
  const found = code === "invalid_type" ? message.replace(/^Invalid input: /, "") : message;
  return place === "" ? `this is not an object: ${found}` : `${quote(place)}: ${found}`;
}
