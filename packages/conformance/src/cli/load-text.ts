import type { Latencies, LoadOptions, LoadProgress, LoadResult } from "../modes/load/options.js";
import { escapeText, safeJson } from "../report/escape.js";
import { painter } from "../report/terminal/paint.js";
import { count } from "../report/words.js";
import type { Io } from "./io.js";

/** A line that replaces the one before it. */
export function progressText({ elapsedMs, sent, echoed }: LoadProgress, options: LoadOptions): string {
  const total = (options.warmupMs + options.durationMs) / 1000;
  const line = `${(elapsedMs / 1000).toFixed(0)} of ${total} s: ${sent} sent, ${echoed} echoed`;
  return `\r\x1b[2K${line}`;
}

/** The figures for scripts. Latencies in microseconds. */
export function loadJson(options: LoadOptions, result: LoadResult): string {
  const { url, connections, rate, sizes, binary, compression, durationMs, warmupMs } = options;
  const asked = { url, connections, rate, sizes, binary, compression, durationMs, warmupMs };
  return `${safeJson({ asked, ...result }, 2)}\n`;
}

/** The figures for people. */
export function loadText(options: LoadOptions, result: LoadResult, { isTty, hasColor }: Io): string {
  const paint = painter(hasColor);
  const blocks = [heading(options, result), throughput(options, result), latencyTable(options, result)];
  const problems = problemsOf(result).map((problem) => paint("red", problem));
  const clear = isTty ? "\r\x1b[2K" : "";
  return `${clear}${[...blocks, ...(problems.length > 0 ? [problems.join("\n")] : [])].join("\n\n")}\n`;
}

function heading({ url, sizes, binary, rate }: LoadOptions, { opened, extensions }: LoadResult): string {
  const kind = binary ? "binary" : "text";
  const speed = rate === "max" ? "as fast as they come back" : `${rate} per second`;
  const deflate = extensions === "" ? "" : `, ${escapeText(extensions)}`;
  return `${url}\n${count(opened, "connection")}, ${kind} messages of ${sizes.join(", ")} octets, ${speed}${deflate}`;
}

function throughput(
  { durationMs }: LoadOptions,
  { sent, echoed, messagesPerSecond, octetsPerSecond, ...result }: LoadResult,
): string {
  const seconds = ((result.durationMs === 0 ? durationMs : result.durationMs) / 1000).toFixed(1);
  return [
    `  sent      ${sent} in ${seconds} s`,
    `  echoed    ${echoed}`,
    `  a second  ${messagesPerSecond.toFixed(0)} messages, ${(octetsPerSecond / 1e6).toFixed(2)} MB`,
  ].join("\n");
}

/** With a fixed rate there are two latencies. Without one no message has a due time, and both are the same. */
function latencyTable({ rate }: LoadOptions, { response, service }: LoadResult): string {
  const columns =
    rate === "max"
      ? [["from sending", service] as const]
      : [["from the time due", response] as const, ["from sending", service] as const];
  const rows = FIGURES.map(([name, figure]) =>
    [
      name.padEnd(9),
      ...columns.map(([title, latencies]) => millis(figure(latencies)).padStart(title.length)),
    ].join("  "),
  );
  const header = ["latency".padEnd(9), ...columns.map(([title]) => title)].join("  ");
  return [header, ...rows].map((line) => `  ${line}`).join("\n");
}

const FIGURES: readonly (readonly [string, (latencies: Latencies) => number])[] = [
  ["min", ({ min }) => min],
  ["mean", ({ mean }) => mean],
  ["50 %", ({ p50 }) => p50],
  ["90 %", ({ p90 }) => p90],
  ["99 %", ({ p99 }) => p99],
  ["99.9 %", ({ p999 }) => p999],
  ["max", ({ max }) => max],
];

function millis(micros: number): string {
  return `${(micros / 1000).toFixed(micros < 10_000 ? 3 : 1)} ms`;
}

function problemsOf({
  lostConnections,
  different,
  late,
  unanswered,
  interrupted,
}: LoadResult): readonly string[] {
  return [
    ...(interrupted ? ["The run was interrupted; these are the figures so far."] : []),
    ...(lostConnections > 0 ? [`${count(lostConnections, "connection")} ended too early.`] : []),
    ...(different > 0 ? [`${count(different, "message")} came back with another type or length.`] : []),
    ...(late > 0 ? [`${count(late, "message")} could not be sent in time: too much was waiting.`] : []),
    ...(unanswered > 0 ? [`${count(unanswered, "message")} did not come back.`] : []),
  ];
}
