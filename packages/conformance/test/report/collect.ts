import type { RunEvent } from "../../src/run/event.js";
import type { ReportContext, Reporter } from "../../src/report/reporter.js";
import { arriving } from "./sample-run.js";

export const CONTEXT: ReportContext = {
  outDir: "wireproof-report",
  tty: false,
  color: false,
  columns: 100,
  command: "wireproof",
};

/** What a reporter writes: its stream, and its files as they are in the end. */
export async function collect(
  reporter: Reporter,
  events: readonly RunEvent[],
  about: Partial<ReportContext> = {},
): Promise<{ stream: string; files: Map<string, string> }> {
  const files = new Map<string, string>();
  let stream = "";
  for await (const chunk of reporter(arriving(events), { ...CONTEXT, ...about })) {
    const data = typeof chunk.data === "string" ? chunk.data : Buffer.from(chunk.data).toString();
    if (chunk.path === undefined) stream += data;
    else files.set(chunk.path, data);
  }
  return { stream, files };
}
