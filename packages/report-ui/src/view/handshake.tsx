import type { JSX } from "preact";

import type { CaseRecord } from "wireproof/page";
import { visible } from "../model/text.js";

/** Both heads of the opening handshake as they went over the wire. */
export function Handshake({ record }: { readonly record: CaseRecord }): JSX.Element {
  const { handshake, role, extension } = record;
  const [asking, answering] = role === "client" ? ["tester", "peer"] : ["peer", "tester"];
  return (
    <section class="handshake">
      <h2>Opening handshake</h2>
      {handshake.problem !== undefined && <p class="broken">{visible(handshake.problem)}</p>}
      {typeof extension === "string" && <p>Agreed on: {visible(extension)}</p>}
      <div class="pair">
        <Head title={`Request, from the ${asking}`} head={handshake.request} />
        <Head title={`Response, from the ${answering}`} head={handshake.response} />
      </div>
      {handshake.body !== undefined && <Head title="Body of the response" head={handshake.body} />}
    </section>
  );
}

function Head({ title, head }: { readonly title: string; readonly head: string | null }): JSX.Element {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <pre tabIndex={0}>{head === null || head === "" ? "none" : headText(head)}</pre>
    </figure>
  );
}

/** A line each; the empty line that ends a head is left out. */
function headText(head: string): string {
  return head
    .replace(/(\r?\n)+$/, "")
    .split(/\r?\n/)
    .map(visible)
    .join("\n");
}
