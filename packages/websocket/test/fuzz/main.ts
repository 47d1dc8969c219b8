/**
 * Throws what no peer should say, and what no peer should have to hear, at every part of the endpoint:
 *
 *     npm run fuzz -- [--minutes N] [--seed N] [--only NAME]… [--share N] [--shrink SECONDS]
 *                      [--found FOLDER] [--fault NAME]
 *     npm run fuzz -- --replay FILE
 *
 * One round, or as many as fit into N minutes, each with another seed, which is printed and makes the same plans again.
 * Exits with 1 where a promise was broken: then a script has what it takes, shrunk, for --replay. See CONTRIBUTING.md.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { readModeSettled } from "../support/live-server.js";
import { harnessOf, readScript, scriptFile, writeScript } from "./finding.js";
import type { Finding } from "./finding.js";
import { HARNESSES } from "./harnesses.js";
import { narrow, replay } from "./narrow.js";
import { playRound } from "./round.js";
import type { HarnessTotals } from "./round.js";
import { MemoryWatch } from "./watches/memory-watch.js";
import { Watchdog } from "./watches/watchdog.js";

/** One round takes half of it on two idle cores; on a busy machine it is cut short, so that it is never red by load. */
const ROUND_SECONDS = 90;
/** What may be held more after any round than after the first, in MiB. */
const MOST_GROWN_MIB = 32;

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
    only: { type: "string", multiple: true },
    share: { type: "string", default: "1" },
    fault: { type: "string" },
    found: { type: "string", default: fileURLToPath(new URL("../../../fuzz/found/", import.meta.url)) },
    replay: { type: "string" },
    shrink: { type: "string", default: "60" },
    patience: { type: "string", default: "120" },
  },
});
// npm runs this in the folder of the package; names of files are meant where it was called.
const folder = resolve(process.env["INIT_CWD"] ?? ".", values.found);
const started = performance.now();
await readModeSettled();
const watchdog = new Watchdog(numberOf("patience"));
const code = values.replay === undefined ? await fuzz() : await playAgain(values.replay);
await watchdog.stop();
// What was left behind must not keep the process that says so.
process.exit(code);

async function fuzz(): Promise<number> {
  const harnesses = (values.only ?? HARNESSES.map(({ name }) => name)).map((name) => harnessOf(name));
  const share = numberOf("share");
  const limitMs = values.minutes === undefined ? ROUND_SECONDS * 1000 : numberOf("minutes") * 60_000;
  const mayGoOn = (): boolean => performance.now() - started < limitMs;
  const { fault } = values;
  let memory: MemoryWatch | undefined;
  for (let seed = numberOf("seed"); ; seed += 1) {
    console.log(`seed ${seed}`);
    const totals = new Map<string, HarnessTotals>();
    const found = await playRound({ harnesses, seed, fault, share, folder, mayGoOn, watchdog }, totals);
    if (found !== undefined) return tell(found);
    for (const [name, its] of totals) console.log(describe(name, its));
    console.log(sum(totals));
    const grown = (await memory?.leftMib(MOST_GROWN_MIB)) ?? 0;
    if (grown > MOST_GROWN_MIB) {
      console.error(`after this round ${grown.toFixed(0)} MiB more are held than after the first`);
      return 1;
    }
    memory ??= new MemoryWatch(Infinity);
    if (values.minutes === undefined || !mayGoOn()) return 0;
  }
}

async function tell(found: Finding): Promise<number> {
  const file = scriptFile(folder, found);
  writeScript(file, found);
  console.error(`${found.harness}: ${found.problem}`);
  const seconds = numberOf("shrink");
  if (seconds > 0) {
    console.error(`looking for the least that does it, for up to ${seconds} s …`);
    const small = await narrow(found, seconds);
    if (small === undefined)
      console.error("played again alone, it does not happen; the script has what was played");
    else writeScript(file, small);
  }
  console.error(`play it again: npm run fuzz -- --replay ${file}`);
  return 1;
}

async function playAgain(name: string): Promise<number> {
  const script = readScript(resolve(process.env["INIT_CWD"] ?? ".", name));
  // The fault of the script, unless another one is asked for; "none" for the endpoint as it is.
  const asked = values.fault === "none" ? undefined : (values.fault ?? script.fault);
  const problem = await replay({ ...script, fault: asked });
  console.log(problem === undefined ? "it does not happen" : `${script.harness}: ${problem}`);
  return problem === undefined ? 0 : 1;
}

function describe(name: string, { plans, octets, stallMs, heldMib }: HarnessTotals): string {
  const most = `longest stall ${stallMs.toFixed(0)} ms, at most ${heldMib.toFixed(0)} MiB held`;
  return `${name}: ${plans} plans, ${octets} octets, ${most}`;
}

function sum(totals: ReadonlyMap<string, HarnessTotals>): string {
  const all = [...totals.values()].reduce((octets, its) => octets + its.octets, 0);
  const live = all - (totals.get("core")?.octets ?? 0);
  const seconds = (performance.now() - started) / 1000;
  return `${all} octets, ${((live / all) * 100).toFixed(0)} % of them live, ${seconds.toFixed(0)} s so far`;
}

function numberOf(option: "minutes" | "patience" | "seed" | "share" | "shrink"): number {
  const number = Number(values[option]);
  if (Number.isFinite(number) && number >= 0 && (option !== "seed" || Number.isInteger(number)))
    return number;
  console.error(`--${option} takes a number`);
  process.exit(2);
}
