import { figureOf, type RunResult } from "./result.js";
import { OURS, verdictText } from "./report.js";

/** Why a row costs what it costs, and what was tried to make it cheaper; figures of Node 20 on two cores. */
const TRIED: Readonly<Record<string, string>> = {
  "echo-64":
    "Two thirds of it is the kernel: one read and one write of a socket. What is left of ours is about 1 µs. Tried and kept: " +
    "answers to all reads of a turn of the event loop go out one behind the other, which wakes a peer on the same machine once; " +
    "asking the stream for its backlog only while a write is on its way. Not used: writing past the stream on Node's handle, " +
    "whose arguments differ from one Node to the next; it would save 0.3 µs.",
  "echo-16k":
    "A quarter of it is the message's own copy, in memory that is new to the processor's cache each time; Bun's is collected sooner. " +
    "`zeroCopy: true` saves it. Tried without effect: referring to the message in a gathering write instead of copying it behind its header.",
  "pipelined-1k":
    "A third of it is each message's own copy. With `zeroCopy: true` the row takes 0.12 × ws and is below Bun. Tried and kept: one " +
    "allocation for all messages of a read instead of Node's pool of 8 KiB.",
  "wss-64":
    "OpenSSL and the kernel take 80 %, and Node's own TLS sockets, without any WebSocket, take nearly as long (`net`). Tried and " +
    "kept: one buffer for all reads, answers of a turn one behind the other.",
  "wss-16k": "OpenSSL encrypts and decrypts 16 KiB each way, in every server (`net`).",
  "deflate-300":
    "zlib takes 40 % of it, most of that for the codes of so short a message, and Node's way to it 15 %. Tried and kept: streams " +
    "from a pool that work at once, answers of a turn one behind the other (18 % less). Without effect: smaller windows, less " +
    "memory or fixed codes for short messages (5.0 to 6.7 µs to compress one instead of 5.2).",
  "publish-1000":
    "A thousand writes of sockets: the kernel alone takes 0.65 × ws for them, and plain sockets of Node (`net`) twice the target, so " +
    "that it cannot be met from JavaScript. Tried and kept: all receivers refer to the same frame, 7 % less than copies; one " +
    "microtask for all of them. What is over the plain sockets is the backlog and its limits, looked at for each receiver.",
  idle:
    "Node's socket takes three quarters of it (`net`). Of the rest, ours are some twenty small objects, 0.6 KiB more on the heap " +
    "than ws's; the counters, the address of the peer and what a failed write needs are a third of that.",
  handshakes:
    "Most of it is Node's HTTP server. Tried and kept: header fields are read once, and nothing is created before it is needed; a " +
    "quarter less memory is allocated.",
};

/** What the drop-in may take, as a multiple of the modern API. */
const DROP_IN_FACTOR = 1.15;
const DROP_IN = "ours-ws";

/** A line for each row that has missed its target, and one for those in which the drop-in costs too much. */
export function triedLines(run: RunResult): readonly string[] {
  return [...missedLines(run), ...dropInLines(run)];
}

function dropInLines(run: RunResult): readonly string[] {
  const rows = run.rows.flatMap((result) => {
    const [modern, dropIn] = [figureOf(result, OURS), figureOf(result, DROP_IN)];
    if (modern === undefined || dropIn === undefined) return [];
    const factor = dropIn.value / modern.value;
    return factor > DROP_IN_FACTOR ? [`${result.row.title} (${factor.toFixed(2)})`] : [];
  });
  if (rows.length === 0) return [];
  return [
    `- **The drop-in** may take ${DROP_IN_FACTOR} times what the modern API takes, and takes more in: ${rows.join("; ")}. Its ` +
      "messages are Buffers, text too, each a copy that is checked again when it is sent as text; its connections are event " +
      "emitters with their own listeners. Tried and kept: sockets that come before the self-test of static reads has ended " +
      "are switched over, and all connections of a server share their options and the listener that forgets them.",
  ];
}

function missedLines(run: RunResult): readonly string[] {
  return run.rows
    .filter((result) => verdictText(result).startsWith("missed"))
    .map(({ row }) => ({ row, text: TRIED[row.id] }))
    .flatMap(({ row, text }) => (text === undefined ? [] : [`- **${row.title}.** ${text}`]));
}
