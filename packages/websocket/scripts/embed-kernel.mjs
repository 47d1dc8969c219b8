/**
 * Assembles `src/kernel/mask.wat` and embeds the module into `src/kernel/mask-wasm.ts`, so that the package needs
 * neither a file beside the code nor an assembler at run time. With `--check` it writes nothing and fails when the
 * embedded module is not what the source assembles to.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const folder = new URL("../src/kernel/", import.meta.url);
const source = new URL("mask.wat", folder);
const target = new URL("mask-wasm.ts", folder);
const LINE = 96;

const generated = typescript(await assemble());
if (!process.argv.includes("--check")) writeFileSync(target, generated);
else if (read(target) !== generated) {
  console.error(`${fileURLToPath(target)} is stale: run node scripts/embed-kernel.mjs`);
  process.exitCode = 1;
}

async function assemble() {
  const assembler = await wabt();
  const module = assembler.parseWat("mask.wat", readFileSync(source, "utf8"), { simd: true });
  try {
    module.resolveNames();
    module.validate();
    return Buffer.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** Base64 in lines, in the shape that the formatter leaves alone. */
function typescript(octets) {
  const lines = octets.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g"));
  return [
    "// Generated from mask.wat by scripts/embed-kernel.mjs; do not edit.",
    "",
    `/** The unmasking kernel, a WebAssembly module of ${octets.length} octets, in base64. */`,
    "export const MASK_WASM: string =",
    lines.map((line) => `  "${line}"`).join(" +\n") + ";",
    "",
  ].join("\n");
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
