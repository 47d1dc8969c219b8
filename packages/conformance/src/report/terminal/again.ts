import { escapeText } from "../escape.js";
import type { RunConfig, RunStart } from "../../run/event.js";

/** What `--wait` is unless it is given. */
const USUAL_WAIT_SECONDS = 10;

/** The command that plays cases of a run again, quoted for a POSIX shell. `cases` is a pattern, such as an id. */
export function againCommand(
  command: string,
  run: Pick<RunStart, "config" | "profile" | "messages">,
  url: string,
  cases: string,
): string {
  const { config } = run;
  const words = [command, ...subject(config, url), "--cases", cases];
  if (run.profile === "autobahn") words.push("--profile", "autobahn");
  const usual = run.profile === "autobahn" ? "full" : "enough";
  if (run.messages !== undefined && run.messages !== usual) words.push("--messages", run.messages);
  if (config.http2 === true) words.push("--http2");
  if (config.insecure) words.push("--insecure");
  const isServer = config.role === undefined;
  if (isServer) pushOption(words, "--start", config.start);
  else if (config.single === true) words.push("--single");
  if (config.waitSeconds !== undefined && config.waitSeconds !== USUAL_WAIT_SECONDS) {
    words.push("--wait", String(config.waitSeconds));
  }
  pushOption(words, "--ca", config.ca);
  pushOption(words, "--servername", config.servername);
  pushOption(words, "--origin", config.origin);
  for (const header of config.headers) words.push("--header", header);
  for (const subprotocol of config.subprotocols) words.push("--subprotocol", subprotocol);
  if (config.timeoutScale !== 1) words.push("--timeout-scale", String(config.timeoutScale));
  if (config.loadSilenceSeconds !== undefined)
    words.push("--load-silence", String(config.loadSilenceSeconds));
  if (config.keepaliveSeconds !== undefined) words.push("--keepalive", String(config.keepaliveSeconds));
  // As one word, the command is read just as it is stored.
  if (!isServer && config.start !== undefined) words.push("--", config.start);
  const [program = "", ...rest] = words;
  // The program may be several words itself ("npm start --"), and is ours.
  return escapeText([program, ...rest.map(shellQuote)].join(" "));
}

/** What was tested: a server at its URL, or clients, which have to connect to us again. */
function subject({ role, urls, start }: RunConfig, url: string): string[] {
  if (role === undefined) return ["test", url];
  const { protocol, hostname, port } = new URL(urls[0] ?? "ws://127.0.0.1:9001");
  if (start !== undefined) return ["test-client", ...(protocol === "wss:" ? ["--tls"] : [])];
  return [
    "serve",
    ...(port === "9001" ? [] : ["--port", port]),
    ...(hostname === "127.0.0.1" ? [] : ["--host", hostname.replace(/^\[(.*)\]$/, "$1")]),
    ...(protocol === "wss:" ? ["--tls"] : []),
  ];
}

/** A word as a POSIX shell reads it back; left alone where nothing in it is special. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function pushOption(words: string[], flag: string, value: string | undefined): void {
  if (value !== undefined) words.push(flag, value);
}
