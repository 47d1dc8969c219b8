/** The lines of JSON in a block: Base64 of raw DEFLATE. Lines that are not JSON, as in a truncated block, are left out. */
export async function linesOfBlock(packed: string): Promise<unknown[]> {
  const text = await inflated(packed);
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

async function inflated(packed: string): Promise<string> {
  const stream = new Blob([octetsOfBase64(packed)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const decoder = new TextDecoder();
  let text = "";
  try {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The file ends in the middle of this block: what could be read is there.
    return text;
  }
}

function octetsOfBase64(packed: string): Uint8Array<ArrayBuffer> {
  const whole = packed.trim();
  const binary = atob(whole.slice(0, whole.length - (whole.length % 4)));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
