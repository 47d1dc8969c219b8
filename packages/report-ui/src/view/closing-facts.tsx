import type { JSX } from "preact";

import { isOverHttp2, saidOf, type CaseRecord, type CloseRecord } from "wireproof/page";
import { visible } from "../model/text.js";
import { closeText } from "../wire/entry-text.js";
import { tcpEnd } from "../wire/sequence.js";

type Fact = readonly [name: string, value: string, meaning: string];

/** Everything about the end of the connection, each fact with what it means; limits that were not reached are folded. */
export function ClosingFacts({ record }: { readonly record: CaseRecord }): JSX.Element {
  const facts = factsOf(record);
  const limits = limitsOf(record);
  const unreached = limits.filter(({ isOver }) => !isOver).map(({ fact }) => fact);
  const reached = limits.filter(({ isOver }) => isOver).map(({ fact }) => fact);
  return (
    <section class="closing-facts">
      <h2>How the connection ended</h2>
      <Facts facts={[...reached, ...facts]} />
      {unreached.length > 0 && (
        <details>
          <summary>{unreached.length} limits were not reached</summary>
          <Facts facts={unreached} />
        </details>
      )}
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Fact</th>
            <th scope="col">Value</th>
            <th scope="col">What it means</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(([name, value, meaning]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Facts of the end of a connection, in the order in which they are read. */
export function factsOf(record: CaseRecord): readonly Fact[] {
  const { close, role } = record;
  const facts: readonly Fact[] = [
    ["Role of the tester", role, `The peer under test is the ${role === "client" ? "server" : "client"}.`],
    [
      "Closed by tester",
      yes(close.closedByTester),
      who(close.closedByTester, "sent", "send", "the first Close frame"),
    ],
    [
      "Failed by tester",
      yes(close.failedByTester),
      who(close.failedByTester, "failed", "fail", "the connection"),
    ],
    [
      "Dropped by tester",
      yes(close.droppedByTester),
      who(close.droppedByTester, "closed", "close", "TCP before the peer did"),
    ],
    ["TCP", tcpEnd(record), "How the transport ended. The server closes it (RFC 6455 §7.1.1)."],
    cleanness(close),
    ["Local close code", codeText(close.localCode), "In the first Close frame of the tester."],
    ["Local close reason", reasonText(close.localReason), "In the first Close frame of the tester."],
    ["Remote close code", codeText(close.remoteCode), remoteMeaning(close)],
    ["Remote close reason", reasonText(close.remoteReason), "In the first Close frame of the peer."],
  ];
  return facts.map(([name, value, meaning]): Fact => {
    const shown = name === "TCP" && isOverHttp2(record) ? "Stream" : name;
    return [shown, value, saidOf(record, meaning)];
  });
}

function who(isSo: boolean, past: string, infinitive: string, object: string): string {
  return isSo ? `The tester ${past} ${object}.` : `The tester did not ${infinitive} ${object}.`;
}

/** RFC 6455 §7.1.4. */
function cleanness({ clean, notCleanReason }: CloseRecord): Fact {
  const meaning = clean
    ? "Both Close frames were exchanged before TCP ended, and nothing was missing."
    : (notCleanReason ?? "No reason was recorded.");
  return ["Clean", yes(clean), visible(meaning.slice(0, 400))];
}

/** The limits of the tester, and whether they ran out. */
function limitsOf({ close }: CaseRecord): readonly { readonly isOver: boolean; readonly fact: Fact }[] {
  return [
    limit("Opening timed out", close.openTimeout, "The opening handshake"),
    limit("Closing timed out", close.closeTimeout, "The peer’s answer to the tester’s Close frame"),
    limit("Drop timed out", close.dropTimeout, "The end of TCP after both Close frames"),
  ];
}

function limit(
  name: string,
  isOver: boolean,
  subject: string,
): { readonly isOver: boolean; readonly fact: Fact } {
  const meaning = isOver ? `${subject} did not come in time.` : "This limit was not reached.";
  return { isOver, fact: [name, yes(isOver), meaning] };
}

function remoteMeaning({ remoteCode, remotePayload }: CloseRecord): string {
  if (remotePayload === null) return "The peer sent no Close frame.";
  if (remoteCode !== null) return "In the first Close frame of the peer.";
  if (remotePayload === "") return "The Close frame of the peer had no code.";
  return `The payload of the peer’s Close frame is not a code: ${closeText({ hex: remotePayload, length: remotePayload.length / 2 }, 40)}`;
}

function codeText(code: number | null): string {
  return code === null ? "none" : String(code);
}

function reasonText(reason: string | null): string {
  return reason === null ? "none" : `“${visible(reason.slice(0, 200))}”`;
}

function yes(isSo: boolean): string {
  return isSo ? "yes" : "no";
}
