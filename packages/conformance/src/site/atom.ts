import { createHash } from "node:crypto";

import { count } from "../report/words.js";
import { xmlText } from "../report/xml.js";
import type { ChangeModel } from "./page-model.js";
import { stackPath } from "./paths.js";

/** Entries of the feed; older ones are on the page of changes. */
const MOST_ENTRIES = 100;

/** The feed of changes, Atom (RFC 4287). Its links are relative to where it lies, `changes.atom` at the root. */
export function atomFeed(changes: readonly ChangeModel[]): string {
  const updated = instant(changes[0]?.day ?? "1970-01-01");
  const entries = changes.slice(0, MOST_ENTRIES).map(entry).join("");
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${idOf("changes")}</id>
  <title>WebSocket stacks: changes</title>
  <updated>${updated}</updated>
  <author><name>Wireproof</name></author>
  <link rel="self" href="changes.atom"/>
  <link rel="alternate" type="text/html" href="changes/index.html"/>
${entries}</feed>
`;
}

function entry(change: ChangeModel): string {
  const { folder, name, key, label, version, day, suite } = change;
  return `  <entry>
    <id>${idOf(`${folder} ${key} ${version} ${suite}`)}</id>
    <title>${xmlText(`${name} ${version}, ${label}`)}</title>
    <updated>${instant(day)}</updated>
    <link rel="alternate" type="text/html" href="${xmlText(stackPath(folder, key))}"/>
    <content type="text">${xmlText(changeText(change))}</content>
  </entry>
`;
}

function changeText({ before, added, gone }: ChangeModel): string {
  if (before === undefined) return "Tested for the first time.";
  const unreviewed = added.filter(({ standing }) => standing === "unreviewed").length;
  const parts = [
    `Before: ${before}.`,
    added.length === 0
      ? "No new finding."
      : `${count(added.length, "new finding")}${unreviewed === 0 ? "" : `, ${unreviewed} unreviewed`}: ${added.map(({ text }) => text).join("; ")}.`,
    ...(gone.length === 0 ? [] : [`No longer found: ${gone.map(({ text }) => text).join("; ")}.`]),
  ];
  return parts.join(" ");
}

function instant(day: string): string {
  return `${day}T00:00:00Z`;
}

/** The same for the same thing in every build: a UUID of its name (RFC 9562 §5.8). */
function idOf(name: string): string {
  const hex = createHash("sha256").update(`wireproof ${name}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
