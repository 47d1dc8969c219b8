import { createHash } from "node:crypto";

/** Longer names become digests: brokers have limits, and some drop the connection of whoever exceeds them. */
const MAX_CHARACTERS = 200;

/** What a name may consist of as it is, and what is escaped. `%` begins an escape. */
const PLAIN = /^[A-Za-z0-9_-]+$/;
const NO_TOKEN = /[^A-Za-z0-9_-]/g;
const ILL_FORMED = /[%\p{Surrogate}]/gu;

/** The name of the channel of a topic, whatever characters the topic has. Different topics have different names. */
export function channelName(topic: string, characters: "any" | "token"): string {
  if (topic.length <= MAX_CHARACTERS && PLAIN.test(topic)) return topic;
  if (topic === "") return "%";
  const name = topic.replace(characters === "any" ? ILL_FORMED : NO_TOKEN, escapeUnit);
  if (name.length <= MAX_CHARACTERS) return name;
  // No escape begins like this: it has hexadecimal digits.
  return `%h${createHash("sha256").update(Buffer.from(topic, "utf16le")).digest("base64url")}`;
}

/** One code unit, which may be half of a surrogate pair, as four hexadecimal digits. */
function escapeUnit(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
