import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";

import { certificate } from "../client/raw-server.js";
import { certificateFiles, interopBinary, script, skipWithout, startChild } from "./child.js";
import { playMatrix } from "./matrix.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));

interface Smoke {
  readonly version: string;
  readonly ways: readonly string[];
  readonly tcp: string;
  readonly tls: string;
}

for (const major of ["24", "26"]) {
  const node = interopBinary(`node-${major}/bin/node`);
  const skip = skipWithout(node, `Node ${major}`);

  suite(`our endpoint on Node ${major}`, { skip }, () => {
    // Without internals it reads as streams do: the answers have to be the same.
    for (const internals of ["0", "1"]) {
      const how = internals === "0" ? "reading statically where that works" : "reading through data events";
      test(how, { timeout: 60_000 }, async (context) => {
        const secrets = JSON.stringify(await certificate());
        const env = { WIREPROOF_NO_INTERNALS: internals };
        const line = await startChild(context, node!, [script("node-smoke.mjs"), SOURCES, secrets], env);
        const { version, ways, tcp, tls } = JSON.parse(line) as Smoke;
        assert.ok(version.startsWith(`v${major}.`), version);
        assert.deepEqual(ways, ["ws ", "ws permessage-deflate", "wss ", "wss permessage-deflate"]);
        if (internals === "1") assert.deepEqual([tcp, tls], ["data", "data"]);
        context.diagnostic(`${version} reads TCP by "${tcp}" and TLS by "${tls}"`);
      });
    }
  });

  playMatrix(
    `our server and the global WebSocket of Node ${major}`,
    async (way, context) => {
      const server = await startOurServer(context, way);
      const env: Record<string, string> = way.isSecure
        ? { NODE_EXTRA_CA_CERTS: (await certificateFiles(context)).cert }
        : {};
      const line = await startChild(context, node!, [script("runtime-client.mjs"), server.url], env);
      // It answers with the code alone, as we do.
      await checkReport(server, JSON.parse(line) as ClientReport, way, [4001, ""]);
    },
    { skip },
  );
}
