import { familyOf, sectionOf } from "../case/case-id.js";

/** More ids than this are in no list: a range may be written by anybody. */
const MAX_IDS = 5000;

/** Every id of a list such as `2.1–2.6, 2.9, 7.*`, as reports write them. `catalogue`: all ids that there are. */
export function expandIds(list: string, catalogue: readonly string[]): readonly string[] {
  return list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .flatMap((part) => expandPart(part, catalogue))
    .slice(0, MAX_IDS);
}

function expandPart(part: string, catalogue: readonly string[]): readonly string[] {
  if (part.endsWith(".*")) {
    const section = sectionOf(part);
    return catalogue.filter((id) => sectionOf(id) === section);
  }
  const [from = "", to] = part.split("–");
  if (to === undefined) return [from];
  const family = familyOf(from);
  const [first, last] = [numberOf(from), numberOf(to)];
  if (familyOf(to) !== family || !(last - first < MAX_IDS)) return [from, to];
  return Array.from({ length: last - first + 1 }, (_, i) => `${family}.${first + i}`);
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(".") + 1));
}
