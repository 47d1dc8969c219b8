import assert from "node:assert/strict";
import { test } from "node:test";

import { readModeSettled } from "../../support/live-server.js";
import { ORIGINAL, OURS, Stage } from "./differential.js";

/** An option, what is played with it, and what else is set whether it is there or not. */
export interface OptionRow<Options> {
  readonly value: unknown;
  readonly play: (stage: Stage, options: Options) => Promise<void>;
  readonly besides?: Options;
}

/** Documented in docs/ws-compat.md, or only about how much is done at a time. */
const WITHOUT_EFFECT = [
  "maxBufferedChunks",
  "maxPendingAutoPongs",
  "perMessageDeflate.concurrencyLimit",
  "perMessageDeflate.zlibInflateOptions",
];

/**
 * A test for each row, and one that they are all of `documented`, names between blanks: the trace is that of ws, and
 * another one without the option.
 */
export function testOptions<Options extends Record<string, unknown>>(
  rows: Readonly<Record<string, OptionRow<Options>>>,
  documented: string,
): void {
  test("the table has every option", () => {
    const names = documented.trim().split(/\s+/);
    assert.deepEqual([...Object.keys(rows), ...WITHOUT_EFFECT].sort(), names.sort());
  });
  for (const [name, { value, play, besides = {} as Options }] of Object.entries(rows)) {
    test(`the option ${name} does what it does in ws`, async (context) => {
      await readModeSettled();
      const traces: string[][] = [];
      for (const [api, options] of [
        [ORIGINAL, withOption(name, value, besides)],
        [OURS, withOption(name, value, besides)],
        [OURS, besides],
      ] as const) {
        const stage = new Stage(context, api, api);
        await play(stage, options);
        traces.push([...stage.trace].map(([actor, lines]) => [actor, ...lines].join("\n")));
      }
      const [original, ours, without] = traces;
      assert.deepEqual(ours, original);
      assert.notDeepEqual(ours, without, "nothing changes");
    });
  }
}

function withOption<Options extends Record<string, unknown>>(
  name: string,
  value: unknown,
  besides: Options,
): Options {
  const [first = "", second] = name.split(".");
  if (second === undefined) return { ...besides, [first]: value };
  return { ...besides, [first]: { ...(besides[first] as object | undefined), [second]: value } };
}
