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
    // Without the fast paths it reads as streams do, in plain memory: the answers have to be the same.
    for (const off of ["0", "1"]) {
      const how = off === "0" ? "reading statically" : "reading through data events";
      test(how, { timeout: 600_000 }, async (context) => {
        const secrets = JSON.stringify(await certificate());
        const env = { WIREPROOF_NO_INTERNALS: off, WIREPROOF_NO_WASM: off };
        const line = await startChild(context, node!, [script("node-smoke.mjs"), SOURCES, secrets], env);
        const { version, ways, tcp, tls } = JSON.parse(line) as Smoke;
        assert.ok(version.startsWith(`v${major}.`), version);
        assert.deepEqual(ways, ["ws ", "ws permessage-deflate", "wss ", "wss permessage-deflate"]);
        const mode = off === "0" ? "static" : "data";
        assert.deepEqual([tcp, tls], [mode, mode]);
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
