import { createReadStream } from "node:fs";

import { CaptureError } from "../lint/capture-file.js";
import { lintCapture, type LintReport } from "../lint/lint.js";
import { FileProblem, openRegular } from "../read-file.js";
import { quote } from "../report/escape.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import { lintJson, lintText } from "./lint-text.js";
import { toggle } from "./option.js";
import { UsageError } from "./usage-error.js";

/** `wireproof lint`: checks connections that others have recorded. */
export const lintCommand: Command = command({
  name: "lint",
  summary: "Checks WebSocket connections between others in a capture.",
  details:
    "Reads a pcapng or pcap file, such as tcpdump, tshark and Wireshark write it, finds the WebSocket connections in it, and checks everything that a client and a server may not send: both sides of the opening handshake, and every frame. What is encrypted cannot be read. Exit code 1 means that a MUST was broken, 2 that the file has no WebSocket connection that could be checked.",
  positionals: [{ name: "file", description: "A capture: pcapng or pcap." }],
  options: {
    json: toggle("Print one JSON object."),
  },
  examples: [
    { line: "lint capture.pcapng", description: "What is wrong in a capture." },
    { line: "lint capture.pcapng --json", description: "The same, for programs." },
  ],
  action: async ({ json }, [file = ""], io) => {
    const report = await lintFile(file);
    await io.print(json ? lintJson(file, report) : lintText(file, report, io));
    return exitCodeOf(file, report, io.complain);
  },
});

/** Throws a UsageError for a file that is no capture. */
async function lintFile(file: string): Promise<LintReport> {
  try {
    const { fd } = openRegular(file);
    return await lintCapture(createReadStream(file, { fd, highWaterMark: 1024 * 1024 }));
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${quote(file)} ${error.message}`);
    if (error instanceof FileProblem) throw new UsageError(`${quote(file)} cannot be read: ${error.message}`);
    throw error;
  }
}

function exitCodeOf(file: string, report: LintReport, complain: (sentence: string) => void): number {
  const { findings, checked, listed } = report;
  if (findings.some(({ outcome }) => outcome === "fail")) return ExitCode.unexpected;
  if (checked > 0) return ExitCode.expected;
  complain(`${quote(file)}: ${whyNothing(listed)}`);
  return ExitCode.usage;
}

function whyNothing(listed: LintReport["listed"]): string {
  if (listed.some(({ kind }) => kind !== "tls" && kind !== "http2"))
    return "no opening handshake was completed, so that there is no frame to check";
  if (listed.some(({ kind }) => kind === "http2"))
    return "every connection that may be WebSocket speaks HTTP/2 or TLS, and streams of HTTP/2 are not read here";
  if (listed.length > 0)
    return "every connection that may be WebSocket is TLS, which cannot be decrypted here; record it in front of TLS, or without";
  return "there is no WebSocket connection whose opening handshake was captured";
}
