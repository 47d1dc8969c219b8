import { ExitCode, worst } from "../cli/exit-code.js";
import { UsageError } from "../cli/usage-error.js";
import { readMassConnectSpec, type MassConnectSpec } from "../config/autobahn-spec.js";
import { massConnect, type MassConnectResult } from "../modes/mass-connect/mass-connect.js";
import { tooFewFiles } from "../modes/mass-connect/open-files.js";
import { escapeText } from "../report/escape.js";
import { count } from "../report/words.js";
import { arrivedUrl } from "./arrived.js";
import { retriesOf, wstestCode, type Mode } from "./settings.js";
import { inFile, openSpec, readSpec, specUrl } from "./spec-file.js";
import { STANDARD_MASSCONNECT_SPEC } from "./standard-specs.js";

/** `-m massconnect`: opens many connections to each server of a spec file, one server after the other. */
export const massConnectMode: Mode = async (context) => {
  const { io } = context;
  const file = openSpec(context.given.get("spec"), "massconnect", STANDARD_MASSCONNECT_SPEC);
  if (file.isNew) await io.print(`Made ${file.path}.\n`);
  const spec = readSpec(file, readMassConnectSpec);
  for (const note of spec.notes) io.complain(note);
  const problem = tooFewFiles(spec.connections);
  if (problem !== null) throw new UsageError(problem);
  const urls = inFile(file, () => spec.servers.map(({ url }) => specUrl(url)));
  const codes: ExitCode[] = [];
  const retries = retriesOf(context);
  for (const [index, typed] of urls.entries()) {
    if (io.signal.aborted) break;
    const { name } = spec.servers[index] ?? { name: typed };
    const url = await arrivedUrl(typed, retries, io);
    if (io.signal.aborted) break;
    await io.print(`Opening ${count(spec.connections, "connection")} to ${escapeText(name)} (${typed})\n`);
    const result = await massConnect({ ...spec, url, signal: io.signal });
    await io.print(`${summary(result, spec)}\n`);
    codes.push(codeOf(result, spec));
  }
  return wstestCode(worst(codes), context);
};

/** The result in one line. If connections are missing, a second line says why. */
export function summary(result: MassConnectResult, { connections }: MassConnectSpec): string {
  const { open, failures, retries, durationMs, problem } = result;
  const rate = durationMs > 0 ? Math.round((open * 1000) / durationMs) : 0;
  const figures =
    `${count(open, "connection")} open after ${(durationMs / 1000).toFixed(2)} s (${rate} a second), ` +
    `${failures} failed attempts, ${retries} retries`;
  if (open >= connections) return figures;
  const why = problem === null ? "the server has closed them again" : escapeText(problem);
  const hint =
    open > 0 ? "; if the server works well, its limit of open files (ulimit -n) may be too low" : "";
  return `${figures}\n${connections - open} are missing: ${why}${hint}`;
}

function codeOf({ open }: MassConnectResult, { connections }: MassConnectSpec): ExitCode {
  if (open >= connections) return ExitCode.expected;
  return open === 0 ? ExitCode.unreachable : ExitCode.unexpected;
}
