/**
 * Decodes UTF-8 as the decoder of Python 2 does, which decides in the original's reports whether a payload is
 * shown as text: like RFC 3629, except that encoded surrogates (ED A0 80 – ED BF BF) are accepted. Returns null
 * for anything else that is malformed or incomplete.
 */
export function decodePythonUtf8(octets: Uint8Array): string | null {
  const parts: string[] = [];
  for (let at = 0; at < octets.length;) {
    const size = sequenceLength(octets[at] ?? 0);
    const code = size === 0 ? null : decodeSequence(octets, at, size);
    if (code === null) return null;
    // A lone surrogate becomes a separate string here; JSON writes it as an escape.
    parts.push(String.fromCodePoint(code));
    at += size;
  }
  return parts.join("");
}

const SMALLEST: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

/** Octets of the sequence that a first octet announces; 0 if none may begin with it. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

function decodeSequence(octets: Uint8Array, at: number, size: number): number | null {
  const first = octets[at] ?? 0;
  if (size === 1) return first;
  if (at + size > octets.length) return null;
  let code = first & (0xff >> (size + 1));
  for (let i = at + 1; i < at + size; i++) {
    const octet = octets[i] ?? 0;
    if ((octet & 0xc0) !== 0x80) return null;
    code = (code << 6) | (octet & 0x3f);
  }
  return code >= (SMALLEST[size] ?? 0) && code <= 0x10ffff ? code : null;
}
