import { CAPABILITIES, lackedBy, type Capability, type Lacks } from "../case/capability.js";
import type { Profile } from "../record/record.js";
import { quote } from "../report/escape.js";
import type { RunOptions } from "../run/run-options.js";
import { given } from "./given.js";
import { numberBetween, oneOf, several, single, withDefault, type Option } from "./option.js";
import { shardOf, type Shard } from "../run/shard.js";
import { chosenSet, selection, selectionOptions, type SelectionOptions } from "./selection.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that plays cases: which ones, and how. */
export interface PlayOptions extends SelectionOptions {
  readonly profile: Option<Profile>;
  readonly shard: Option<Shard | undefined>;
  readonly messages: Option<"full" | "enough" | undefined>;
  readonly "timeout-scale": Option<number>;
  readonly "load-silence": Option<number | undefined>;
  readonly without: Option<readonly Capability[]>;
  readonly "message-limit": Option<number | undefined>;
  readonly keepalive: Option<number | undefined>;
}

export interface PlayValues {
  readonly cases: readonly string[];
  readonly exclude: readonly string[];
  readonly set: string | undefined;
  readonly profile: Profile;
  readonly shard: Shard | undefined;
  readonly messages: "full" | "enough" | undefined;
  readonly timeoutScale: number;
  readonly loadSilence: number | undefined;
  readonly without: readonly Capability[];
  readonly messageLimit: number | undefined;
  readonly keepalive: number | undefined;
  readonly http2?: boolean | undefined;
}

export const profileOption: Option<Profile | undefined> = single(
  "NAME",
  "How to play and judge cases: modern follows the RFCs, autobahn gives the same verdicts as Autobahn|Testsuite.",
  oneOf<Profile>(["modern", "autobahn"]),
);

export const playOptions: PlayOptions = {
  ...selectionOptions,
  profile: withDefault<Profile>(profileOption, "modern"),
  shard: single(
    "I/N",
    "Play only the I-th of N parts of the cases, such as 2/5; wireproof merge puts the run files of all parts together.",
    shard,
  ),
  messages: {
    ...single(
      "HOW_MANY",
      "How many messages load cases send: full sends 1,000 as Autobahn|Testsuite does, enough only as many as are needed to fill and wrap every window.",
      oneOf<"full" | "enough">(["full", "enough"]),
    ),
    fallback: "enough; full with --profile autobahn",
  },
  "timeout-scale": withDefault(
    single("X", "Factor for every deadline, from 0.1 to 100.", numberBetween(0.1, 100, "decimal")),
    1,
  ),
  "load-silence": {
    ...single(
      "SECONDS",
      "A load case is too slow to judge if no octet moves for this long, from 0.1 to 3600 (modern only). The limit is three times as long when the case is played again alone.",
      numberBetween(0.1, 3600, "decimal"),
    ),
    fallback: "10, times --timeout-scale",
  },
  without: several(
    "CAPABILITY",
    `The peer lacks this: cases that need it are skipped, which is no pass. Capabilities: ${[...CAPABILITIES.keys()].join(", ")}.`,
    oneOf([...CAPABILITIES.keys()]),
  ),
  "message-limit": single(
    "OCTETS",
    "The peer takes no longer messages: cases that send one are skipped, which is no pass.",
    numberBetween(0, 1_000_000_000, "integer"),
  ),
  keepalive: {
    ...single(
      "SECONDS",
      "The peer sends a Ping on a connection that is idle for so long, from 0.1 to 3600. Without it the cases are left out that need such a peer.",
      numberBetween(0.1, 3600, "decimal"),
    ),
    fallback: "nobody knows whether it does",
  },
};

/**
 * The same for `run()`, `serve()` and `testClient()`. `peer`: what is tested. Throws a UsageError if no case is left.
 */
export function playOptionsOf(
  values: PlayValues,
  peer: "client" | "server",
): Pick<
  RunOptions,
  | "cases"
  | "set"
  | "shard"
  | "profile"
  | "messages"
  | "timeoutScale"
  | "loadSilenceSeconds"
  | "keepaliveSeconds"
  | "lacks"
> {
  const cases = selection(values, peer);
  const part = values.shard === undefined ? cases : shardOf(cases, values.shard);
  if (part.length === 0) throw new UsageError(`--shard: there is no case for this part of ${cases.length}`);
  const lacks: Lacks = { without: values.without, ...given("messageLimit", values.messageLimit) };
  if (part.every((one) => lackedBy(one, peer, lacks) !== null)) {
    throw new UsageError("every chosen case needs what --without and --message-limit say the peer lacks");
  }
  return {
    cases: part,
    ...given("shard", values.shard),
    set: chosenSet(values),
    profile: values.profile,
    lacks,
    timeoutScale: values.timeoutScale,
    ...given("messages", values.messages),
    ...given("loadSilenceSeconds", values.loadSilence),
    ...given("keepaliveSeconds", values.keepalive),
  };
}

function shard(value: string, flag: string): Shard {
  const [, index, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? [];
  const found = { index: Number(index), of: Number(of) };
  if (found.index >= 1 && found.index <= found.of) return found;
  throw new UsageError(`${flag} takes I/N, such as 2/5, with I from 1 to N, not ${quote(value)}`);
}
