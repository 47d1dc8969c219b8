import { mintCertificate } from "@wireproof/peers";
import { measureCpu, messageOf } from "./measure-cpu.js";
import { ROWS, type Row } from "./rows.js";
import { node } from "./servers.js";
import { startSubject, stopSubject, withConnections, type Certificate } from "./subject.js";

/** A way to be wrong, a row, and what has to be said about it. */
type Trial = readonly [behaviour: string, row: string, because: RegExp];

const TRIALS: readonly Trial[] = [
  ["changes-an-octet", "echo-64", /octet 63 of the payload/],
  ["changes-an-octet", "echo-16k", /octet 16383 of the payload/],
  ["changes-an-octet", "pipelined-1k", /octet 1023 of the payload/],
  ["changes-an-octet", "publish-1000", /octet 99 of the payload/],
  ["changes-an-octet", "deflate-300", /inflated reply is not what was sent/],
  ["shortens", "echo-1k", /1023 octets instead of 1024/],
  ["shortens", "deflate-300", /inflated reply is not what was sent/],
  ["other-type", "echo-text-64", /begins with/],
  ["loses", "echo-64", /1 answers are missing/],
  ["loses", "pipelined-64", /of the payload is not what was sent/],
  ["loses", "publish-1000", /1 answers are missing/],
  ["doubles", "echo-64", /of the payload is not what was sent|more replies than messages/],
  ["doubles", "pipelined-64", /of the payload is not what was sent|more replies than messages/],
  ["doubles", "publish-1000", /of the payload is not what was sent|more replies than messages/],
  ["does-not-compress", "deflate-300", /RSV1 is not set/],
  ["closes", "echo-64", /closed the connection with code 1011 "enough"/],
  ["vanishes", "echo-64", /ended TCP|ECONNRESET/],
  ["dies", "publish-1000", /ended TCP|ECONNRESET|EPIPE/],
  ["wrong-accept", "handshakes", /Sec-WebSocket-Accept is wrong/],
];
const COUNTED = [
  "echo-64",
  "echo-16k",
  "echo-text-64",
  "pipelined-64",
  "pipelined-1k",
  "deflate-300",
  "publish-1000",
];
const INTERVAL_MS = 300;
/** Of a row that is tried with one server after the other; compressed replies are inflated on the first of them. */
const CONNECTIONS = 20;

/** Tries the generator: it counts what a server counts, and no wrong server gets a figure. */
export async function self(): Promise<void> {
  const certificate = await mintCertificate();
  let bad = 0;
  const report = (what: string, problem: string | null): void => {
    if (problem !== null) bad++;
    console.log(`${problem === null ? "ok " : "BAD"} ${what}${problem === null ? "" : `: ${problem}`}`);
  };
  for (const id of COUNTED) report(`counts ${id}`, await miscounted(rowOf(id), certificate));
  for (const trial of TRIALS) report(`${trial[0]} in ${trial[1]}`, await unnoticed(trial, certificate));
  if (bad > 0) process.exitCode = 1;
}

/** What the generator and the server do not agree about; null if they agree. */
async function miscounted(row: Row, certificate: Certificate): Promise<string | null> {
  const subject = await startSubject(row, wrongServer("right"), certificate);
  try {
    subject.load.start();
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    await subject.load.stop();
    const { messages } = await subject.server.ask("usage");
    const { completed } = subject.load;
    if (completed > 0 && completed === messages) return null;
    return `${completed} replies of ${messages} messages were counted`;
  } catch (error) {
    return messageOf(error);
  } finally {
    await stopSubject(subject);
  }
}

/** How a wrong server got away with it; null if it did not. */
async function unnoticed([behaviour, id, because]: Trial, certificate: Certificate): Promise<string | null> {
  const row = rowOf(id);
  const servers = [wrongServer(behaviour)];
  const pace = { intervalMs: INTERVAL_MS, rounds: 1 };
  const { figures, problems } = await measureCpu(row, servers, certificate, pace, () => {});
  if (figures.length > 0) return "it got a figure";
  const said = problems.map((problem) => problem.because).join("; ");
  return because.test(said) ? null : `the reason was ${JSON.stringify(said)}`;
}

function wrongServer(behaviour: string): { name: string; isRaw: false; launch: ReturnType<typeof node> } {
  return { name: behaviour, isRaw: false, launch: node("wrong", [behaviour]) };
}

/** Of the compressed one a single connection, whose replies are all inflated. */
function rowOf(id: string): Row {
  const row = ROWS.find((row) => row.id === id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return withConnections(row, row.deflate ? 1 : CONNECTIONS);
}
