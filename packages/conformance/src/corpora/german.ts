import { capitalised, sentence } from "./german-sentence.js";
import { Random } from "../case/random.js";

/**
 * An invented play: scenes of verse and prose in German, its sentences drawn from a small grammar and a vocabulary
 * of some 750 words. UTF-8.
 */
export function german(): Uint8Array {
  const random = new Random(0x64657574);
  const parts: string[] = ["SPIEL AM STRANDE\n\n"];
  let length = 0;
  for (let scene = 1; length < LENGTH; scene += 1) {
    const text = sceneOf(scene, random);
    parts.push(text);
    length += text.length;
  }
  return new TextEncoder().encode(`${parts.join("")}ENDE\n`);
}

/** In UTF-16 code units; the last scene is written to its end. */
const LENGTH = 219_000;

function sceneOf(number: number, random: Random): string {
  const heading = `\n${number}. AUFTRITT\n\n${prose(1 + random.below(3), random)}\n`;
  const speeches = Array.from({ length: 4 + random.below(9) }, () => speech(random));
  return heading + speeches.join("");
}

function speech(random: Random): string {
  const direction = random.chance(18) ? ` (${random.pick(DIRECTIONS)})` : "";
  const text = random.chance(78) ? verse(2 + random.below(5), random) : prose(2 + random.below(6), random);
  return `${random.pick(SPEAKERS)}${direction}:\n${text}\n`;
}

/** Lines of about four feet; each begins with a capital, and a sentence may run over several. */
function verse(sentences: number, random: Random): string {
  return lines(sentences, 38, random).map(capitalised).join("");
}

function prose(sentences: number, random: Random): string {
  return lines(sentences, 68, random).join("");
}

function lines(sentences: number, width: number, random: Random): readonly string[] {
  const text = Array.from({ length: sentences }, () => sentence(random)).join(" ");
  return wrapped(text, width).map((line) => `${line}\n`);
}

/** Lines of at most `width` characters, unless a word alone is longer. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

const SPEAKERS = [
  "DIE MÖWE",
  "DER LOTSE",
  "ANTJE",
  "DAS MEER",
  "DER TÜRMER",
  "FIETE",
  "DER BLINDE GAST",
] as const;

const DIRECTIONS = [
  "leise",
  "lacht",
  "geht ab",
  "steht auf",
  "ans Fenster",
  "für sich",
  "zum Lotsen",
  "ruft",
] as const;
