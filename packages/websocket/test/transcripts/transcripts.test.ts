import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { play, readTranscript } from "../support/transcript.js";

// From dist/test/transcripts back to the documents.
const folder = new URL("../../../test/transcripts/", import.meta.url);
const documents = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");

assert.ok(documents.length > 0);

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
