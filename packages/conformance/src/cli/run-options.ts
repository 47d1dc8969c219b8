import type { Profile } from "../record/record.js";
import { numberBetween, oneOf, plainText, several, single, withDefault, type Option } from "./option.js";

const PATTERNS = "Comma-separated ids, * standing for any text: 5.20,6.*,*.1.";

/** Options that several commands share. */
export const casesOption: Option<readonly string[]> = {
  ...several("PATTERNS", `Only these cases. ${PATTERNS}`, plainText),
  fallback: "every case of the set",
};

export const excludeOption: Option<readonly string[]> = several(
  "PATTERNS",
  "All but these cases, in the same notation.",
  // An empty variable in somebody's script excludes nothing.
  (value, flag) => (value === "" ? value : plainText(value, flag)),
);

export const PROFILES: readonly Profile[] = ["modern", "autobahn"];

export const profileOption: Option<Profile | undefined> = single(
  "NAME",
  "How cases are played and judged: modern by the RFCs, autobahn verdict for verdict as Autobahn|Testsuite does.",
  oneOf(PROFILES),
);

export const profileOrModern: Option<Profile> = withDefault<Profile>(profileOption, "modern");

export const loadSilenceOption: Option<number | undefined> = {
  ...single(
    "SECONDS",
    "A load case in which no octet moves for so long is too slow to judge (modern only), from 0.1 to 3600. Three times as long when it is played again alone.",
    numberBetween(0.1, 3600, "decimal"),
  ),
  fallback: "10, times --timeout-scale",
};

export const messagesOption: Option<"full" | "enough" | undefined> = {
  ...single(
    "HOW_MANY",
    "Messages in load cases: full sends the 1,000 of Autobahn|Testsuite, enough as many as it takes to fill and wrap every window.",
    oneOf<"full" | "enough">(["full", "enough"]),
  ),
  fallback: "enough, with --profile autobahn full",
};
