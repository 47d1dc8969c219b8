/** `1 case`, `2 cases`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Digits in groups of three. */
export function grouped(number: number): string {
  return Math.round(number)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Milliseconds below ten seconds, seconds below two minutes, minutes above. */
export function duration(durationMs: number): string {
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 10_000) return `${grouped(durationMs)} ms`;
  if (durationMs < 120_000) return `${(durationMs / 1000).toFixed(1)} s`;
  return `${Math.floor(durationMs / 60_000)} min ${Math.round((durationMs % 60_000) / 1000)} s`;
}

/** Octets with a unit: 64 KiB. */
export function size(octets: number): string {
  if (octets < 1024) return `${octets} B`;
  if (octets < 1024 * 1024) return `${trimmed(octets / 1024)} KiB`;
  return `${trimmed(octets / 1024 / 1024)} MiB`;
}

/** `2026-11-22 08:00:00 UTC`. */
export function instant(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

function trimmed(number: number): string {
  return number.toFixed(1).replace(/\.0$/, "");
}

/**
 * Text of a peer with what could act or hide made visible: controls, direction marks, lone surrogates. The page shows
 * text as text, so nothing in it runs; this is about what the reader would not see.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;
