/** The published declarations. What compilers make of them, packages/ws-compat/test/toolchains has. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** From dist/test/package. */
const folder = fileURLToPath(new URL("../../lib/", import.meta.url));
/** Without comments, whose examples import as applications do. */
const read = (name: string): string =>
  readFileSync(`${folder}${name}`, "utf8").replaceAll(/\/\*[^]*?\*\//g, "");
const files = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((name) =>
  /\.d\.c?ts$/.test(name),
);

test("every type of the drop-in is in the namespace of its class, which is all that require finds", () => {
  const exported = [...read("ws/index.d.ts").matchAll(/export type \{([^}]+)\}/g)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const [, namespace = ""] = read("ws/websocket.d.cts").split("export declare namespace WebSocket {");
  const inside = new Set([...namespace.matchAll(/^ +(?:export )?type (\w+)/gm)].map(([, name]) => name));
  const classes = ["PerMessageDeflate", "Receiver", "Sender", "Server", "WebSocket", "WebSocketServer"];
  assert.ok(exported.includes("RawData"));
  assert.deepEqual(
    [...exported, ...classes].filter((name) => !inside.has(name)),
    [],
  );
});

test("declarations import each other as CommonJS, and nothing that is not there", async () => {
  const { OWN_PARTS, PEERS } = await parts();
  let imports = 0;
  for (const file of files)
    for (const [, stated, name = stated ?? ""] of read(file).matchAll(
      /^(?:import|export)\b[^;"]* from "([^"]+)";|import\("([^"]+)"\)/gm,
    )) {
      if (name.startsWith("node:")) continue;
      if (PEERS.includes(name) && OWN_PARTS.some((part) => file.startsWith(`${part}/`))) continue;
      imports++;
      assert.match(name, /^\.{1,2}\/.*\.cjs$/, file);
      const target = new URL(name.replace(/\.cjs$/, ".d.cts"), new URL(file, `file://${folder}`));
      assert.ok(files.includes(fileURLToPath(target).slice(folder.length)), `${file}: ${name}`);
    }
  assert.ok(imports > 100, `${imports} imports`);
});

test("only the entries for import, and those for browsers, are declared as ES modules", async () => {
  const { BROWSER_ENTRIES, OWN_PARTS } = await parts();
  assert.deepEqual(
    files.filter((name) => name.endsWith(".d.ts")).toSorted(),
    [
      "index.d.ts",
      "ws/index.d.ts",
      ...OWN_PARTS.map((part) => `${part}/index.d.ts`),
      ...BROWSER_ENTRIES.map((entry) => `${entry}.d.ts`),
    ].toSorted(),
  );
});

/** What scripts/parts.mjs says. */
async function parts(): Promise<{
  readonly BROWSER_ENTRIES: readonly string[];
  readonly OWN_PARTS: readonly string[];
  readonly PEERS: readonly string[];
}> {
  return (await import(new URL("../../../scripts/parts.mjs", import.meta.url).href)) as Awaited<
    ReturnType<typeof parts>
  >;
}
