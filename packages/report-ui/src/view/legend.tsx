import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { RunModel } from "../model/run-model.js";
import { STANDING_MEANINGS, STANDINGS, standingOf, type Standing } from "../model/standing.js";
import type { Snapshot } from "../store.js";
import { Verdict } from "./glyph.js";

/** RFC 6455 §7.4.1 and the registry of §11.7, in a few words. */
const CLOSE_CODES: ReadonlyMap<number, string> = new Map([
  [1000, "normal: the purpose is fulfilled"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "a kind of data that is not accepted"],
  [1007, "data that do not fit the type of the message, such as text that is not UTF-8"],
  [1008, "against a policy"],
  [1009, "a message that is too big"],
  [1010, "the server did not accept an extension that the client needs"],
  [1011, "the server met a condition that it did not expect"],
  [1012, "the service restarts"],
  [1013, "try again later"],
  [1014, "a gateway got a bad answer"],
  [3000, "unauthorized"],
  [3003, "forbidden"],
  [3008, "timeout"],
]);

/** What the signs and the close codes in the matrix mean; only those that occur. */
export function Legend({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element | null {
  const { model, version } = snapshot;
  const { standings, codes, hasNone } = useMemo(() => occurring(model), [version]);
  if (model.peers.length === 0) return null;
  return (
    <details class="signs">
      <summary>What the signs and numbers mean</summary>
      <dl class="verdicts">
        {standings.map((standing) => (
          <div key={standing}>
            <dt>
              <Verdict standing={standing} />
            </dt>
            <dd>{STANDING_MEANINGS[standing]}</dd>
          </div>
        ))}
      </dl>
      <p>The number beside a verdict is the close code in the first Close frame of the peer:</p>
      <dl class="codes">
        {codes.map((code) => (
          <div key={code}>
            <dt>{code}</dt>
            <dd>{codeMeaning(code)}</dd>
          </div>
        ))}
        {hasNone && (
          <div>
            <dt>none</dt>
            <dd>no Close frame, or one without a code; where the case allows it</dd>
          </div>
        )}
      </dl>
    </details>
  );
}

function codeMeaning(code: number): string {
  const known = CLOSE_CODES.get(code);
  if (known !== undefined) return known;
  if (code >= 4000 && code < 5000) return "for private use";
  if (code >= 3000 && code < 4000) return "registered by a library or an application";
  return code >= 1016 && code < 3000 ? "not assigned" : "not to be sent";
}

interface Occurring {
  readonly standings: readonly Standing[];
  readonly codes: readonly number[];
  readonly hasNone: boolean;
}

/** Codes that a hostile peer makes up are no reason for a long list. */
const MAX_CODES = 20;

function occurring({ peers, cases }: RunModel): Occurring {
  const standings = new Set<Standing>();
  const codes = new Set<number>();
  let hasNone = false;
  for (const peer of peers) {
    for (const { id } of cases) standings.add(standingOf(peer, id));
    for (const { code } of peer.results.values()) {
      if (code === null) hasNone = true;
      else codes.add(code);
    }
  }
  return {
    standings: STANDINGS.filter((one) => standings.has(one)),
    codes: [...codes].sort((a, b) => a - b).slice(0, MAX_CODES),
    hasNone,
  };
}
