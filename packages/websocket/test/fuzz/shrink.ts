/** Whether what was found happens with this value, too. */
export type Happens<T> = (candidate: T) => Promise<boolean>;

/**
 * A smaller value of the same shape with which it happens still: lists and strings lose parts, the large ones first,
 * numbers become smaller, true becomes false. Asks until nothing smaller does, or until `mayGoOn` says no.
 */
export async function shrink<T>(value: T, happens: Happens<T>, mayGoOn: () => boolean): Promise<T> {
  let best = value;
  for (let hasChanged = true; hasChanged && mayGoOn();) {
    hasChanged = false;
    for (const path of placesIn(best)) {
      if (!mayGoOn()) break;
      // What it was in may be gone by now.
      if (at(best, path) === undefined) continue;
      const smaller = await shrinkAt(best, path, happens, mayGoOn);
      if (smaller !== undefined) [best, hasChanged] = [smaller, true];
    }
  }
  return best;
}

/** One of several words that a plan may have here; half a word means nothing. */
const WORD = /^[a-z-]{2,16}$/i;

type Path = readonly (string | number)[];

/** Outer things before what is in them: a plan less is more than an octet less. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const own = Array.isArray(value) ? [path] : [];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

async function shrinkAt<T>(
  whole: T,
  path: Path,
  happens: Happens<T>,
  mayGoOn: () => boolean,
): Promise<T | undefined> {
  let best: T | undefined;
  const attempt = async (part: unknown): Promise<boolean> => {
    const candidate = replaced(best ?? whole, path, part) as T;
    if (!mayGoOn() || !(await happens(candidate))) return false;
    best = candidate;
    return true;
  };
  const part = at(whole, path);
  if (Array.isArray(part) || (typeof part === "string" && !WORD.test(part))) await shorten(part, attempt);
  else if (typeof part === "number") await lower(part, attempt);
  else if (part === true) await attempt(false);
  return best;
}

/** Takes out halves, then quarters, and so on down to single items. */
async function shorten(
  part: string | readonly unknown[],
  attempt: (part: unknown) => Promise<boolean>,
): Promise<void> {
  let rest = part;
  for (let size = Math.ceil(rest.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < rest.length;) {
      const without = cutOut(rest, from, from + size);
      if (await attempt(without)) rest = without;
      else from += size;
    }
  }
}

function cutOut(part: string | readonly unknown[], from: number, to: number): string | readonly unknown[] {
  if (typeof part === "string") return part.slice(0, from) + part.slice(to);
  return [...part.slice(0, from), ...part.slice(to)];
}

async function lower(part: number, attempt: (part: unknown) => Promise<boolean>): Promise<void> {
  let best = part;
  for (const candidate of [0, 1]) if (candidate < best && (await attempt(candidate))) return;
  for (let step = Math.floor(best / 2); step > 0; step = Math.floor(step / 2))
    while (best - step > 0 && (await attempt(best - step))) best -= step;
}

function at(value: unknown, path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== "object" || inner === null) return undefined;
    inner = (inner as Record<string | number, unknown>)[key];
  }
  return inner;
}

function replaced(value: unknown, path: Path, part: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const fields = copy as Record<string | number, unknown>;
  fields[key] = replaced(fields[key], rest, part);
  return copy;
}
