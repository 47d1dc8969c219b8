import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

import type { TurnTaker, Turns } from "../../src/protocol/turns.js";
import { play, readTranscript } from "../support/transcript.js";

// From dist/test/transcripts back to the documents.
const folder = new URL("../../../test/transcripts/", import.meta.url);
const documents = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");

assert.ok(documents.length > 0);

/** No turn has room for a second step. */
class SingleSteps implements Turns {
  readonly #line: TurnTaker[] = [];

  spend(): boolean {
    return false;
  }

  wait(taker: TurnTaker): void {
    this.#line.push(taker);
  }

  runAll(): void {
    for (let next = this.#line.shift(); next !== undefined; next = this.#line.shift()) next.takeTurn();
  }
}

/** The transport is paused while a read waits for its turn. */
function withoutPauses(trace: readonly string[]): readonly string[] {
  return trace.filter((line) => line !== "paused" && line !== "resumed");
}

for (const name of documents) {
  const transcript = readTranscript(readFileSync(new URL(name, folder), "utf8"));

  describe(`${name}: ${transcript.title}`, () => {
    test("as it came", () => {
      assert.deepEqual(
        play(transcript, (octets) => [octets]),
        transcript.trace,
      );
    });

    test("octet by octet", () => {
      assert.deepEqual(
        play(transcript, (octets) => Array.from(octets, (octet) => Uint8Array.of(octet))),
        transcript.trace,
      );
    });

    test("with a turn of the event loop for each step", () => {
      assert.deepEqual(
        withoutPauses(play(transcript, (octets) => [octets], new SingleSteps())),
        withoutPauses(transcript.trace),
      );
    });

    test("cut at every offset", () => {
      const longest = transcript.events.reduce(
        (sum, event) => sum + (typeof event === "string" ? 0 : event.length),
        0,
      );
      for (let at = 0; at <= longest; at += 1) {
        const trace = play(transcript, (octets) => [octets.subarray(0, at), octets.subarray(at)]);
        assert.deepEqual(trace, transcript.trace, `cut at ${at}`);
      }
    });
  });
}
