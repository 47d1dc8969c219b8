import type { Turns } from "../../src/protocol/turns.js";
import { Side } from "../../src/protocol/state.js";
import { TestInflater } from "./codecs.js";
import { fromHex } from "./frames.js";
import { Harness } from "./harness.js";

/** Octets that come, or something that is done, such as `end`. */
export type Event = Uint8Array | string;

export interface Transcript {
  readonly title: string;
  /** Words such as `server`, `octets`, `deflate`. */
  readonly settings: readonly string[];
  readonly events: readonly Event[];
  readonly trace: readonly string[];
}

/**
 * Reads a document: a title, prose, and three blocks of code. `settings` names the side and what differs from the
 * defaults; `octets` has what comes, in hex, a `;` before a remark, and a `!` before something that is done; `trace`
 * has what has to happen, a line each.
 */
export function readTranscript(document: string): Transcript {
  const title = /^# (.+)$/m.exec(document)?.[1];
  if (title === undefined) throw new Error("a transcript has a title");
  return {
    title,
    settings: block(document, "settings").join(" ").split(/\s+/),
    events: block(document, "octets").map(readEvent),
    trace: block(document, "trace"),
  };
}

/**
 * Plays the events with every piece of octets cut by `cut`, and returns what happened. `turns`: how the turns of the event
 * loop are shared, and what lets the next ones begin.
 */
export function play(
  { settings, events }: Transcript,
  cut: (octets: Uint8Array) => readonly Uint8Array[],
  turns?: Turns & { runAll(): void },
): string[] {
  const isServer = settings.includes("server");
  const peer = new Harness(isServer ? Side.Server : Side.Client, {
    connection: {
      turns,
      text: settings.includes("octets") ? "octets" : "string",
      ...(settings.includes("deflate") ? { inflater: new TestInflater() } : {}),
    },
  });
  for (const event of joined(events)) {
    if (typeof event === "string") act(peer, event);
    else for (const chunk of cut(event)) peer.receive(chunk);
    turns?.runAll();
  }
  return withPartsJoined(peer.trace);
}

function act(peer: Harness, event: string): void {
  const [word, ...rest] = event.split(" ");
  const { connection } = peer;
  if (word === "end") connection.receiveEnd();
  else if (word === "closed") connection.transportClosed();
  else if (word === "close") connection.close(Number(rest[0]), rest.slice(1).join(" "));
  else if (word === "stream") connection.streamNext();
  else if (word === "pause") connection.pause();
  else if (word === "resume") connection.resume();
  else if (word === "deadline") connection.tick(connection.deadline);
  else throw new Error(`a transcript cannot say: ${event}`);
}

/** Parts depend on how the octets came; what they come to does not. */
function withPartsJoined(trace: readonly string[]): string[] {
  const lines: string[] = [];
  let parts = "";
  for (const line of trace) {
    const part = /^(last )?part "(.*)"$/.exec(line);
    if (part === null) {
      lines.push(line);
      continue;
    }
    parts += part[2];
    if (part[1] !== undefined) {
      lines.push(`parts "${parts}"`);
      parts = "";
    }
  }
  return lines;
}

function block(document: string, name: string): string[] {
  const found = new RegExp(`^\`\`\`${name}\n([^]*?)^\`\`\`$`, "m").exec(document);
  if (found === null) throw new Error(`a transcript has a block of ${name}`);
  return found[1]!.split("\n").filter((line) => line.trim() !== "");
}

function readEvent(line: string): Event {
  if (line.startsWith("!")) return line.slice(1).trim();
  return fromHex(line.replace(/;.*$/, ""));
}

/** Octets of neighbouring lines come together. */
function joined(events: readonly Event[]): Event[] {
  const result: Event[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (typeof event === "string" || last === undefined || typeof last === "string") {
      result.push(event);
    } else {
      result[result.length - 1] = new Uint8Array(Buffer.concat([last, event]));
    }
  }
  return result;
}
