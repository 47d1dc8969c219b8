import { Random } from "../case/random.js";

/**
 * A greyscale picture of 512 × 512 pixels as an uncompressed BMP of 8 bits a pixel: soft forms of every size, a few
 * hard edges, and the grain of a photograph, which is what keeps such pictures from compressing.
 */
export function bitmap(): Uint8Array {
  const file = new Uint8Array(PIXELS_AT + SIDE * SIDE);
  writeHeaders(new DataView(file.buffer));
  writePalette(file);
  paint(file.subarray(PIXELS_AT));
  return file;
}

const SIDE = 512;
const SHADES = 256;
const PALETTE_AT = 54;
const PIXELS_AT = PALETTE_AT + SHADES * 4;

/** BITMAPFILEHEADER and BITMAPINFOHEADER; fields not written are zero. */
function writeHeaders(view: DataView): void {
  view.setUint16(0, 0x4d42, true); // "BM"
  view.setUint32(2, view.byteLength, true);
  view.setUint32(10, PIXELS_AT, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, SIDE, true);
  view.setInt32(22, SIDE, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 8, true);
  view.setUint32(34, SIDE * SIDE, true);
  view.setUint32(46, SHADES, true);
}

function writePalette(file: Uint8Array): void {
  for (let shade = 0; shade < SHADES; shade += 1) {
    file.fill(shade, PALETTE_AT + shade * 4, PALETTE_AT + shade * 4 + 3);
  }
}

function paint(pixels: Uint8Array): void {
  const random = new Random(0x626d7020);
  const heights = new Float64Array(SIDE * SIDE).fill(MIDDLE);
  for (const [cell, amplitude] of OCTAVES) addOctave(heights, cell, amplitude, random);
  for (let count = 0; count < DISCS; count += 1) addDisc(heights, random);
  for (let index = 0; index < pixels.length; index += 1) {
    const shade = (heights[index] ?? 0) + grain(random);
    pixels[index] = Math.max(DARKEST, Math.min(BRIGHTEST, Math.round(shade)));
  }
}

const MIDDLE = 124;
const DARKEST = 22;
const BRIGHTEST = 245;
const DISCS = 14;

/** Forms of each size: the width of a cell in pixels and how far it may leave the middle. */
const OCTAVES: ReadonlyArray<readonly [number, number]> = [
  [256, 60],
  [128, 55],
  [64, 40],
  [32, 22],
  [16, 10],
  [8, 5],
];

/**
 * Value noise: random heights on a coarse lattice, smoothed in between. Sums and products only, which IEEE 754 fixes to
 * the last bit, where sines may differ between versions of Node.
 */
function addOctave(heights: Float64Array, cell: number, amplitude: number, random: Random): void {
  const columns = SIDE / cell + 1;
  const lattice = Float64Array.from(
    { length: columns * columns },
    () => (random.below(2001) / 1000 - 1) * amplitude,
  );
  const weights = Float64Array.from({ length: cell }, (_, step) => smooth(step / cell));
  for (let y = 0; y < SIDE; y += 1) {
    const line = blendLines(lattice, columns, Math.floor(y / cell), weights[y % cell] ?? 0);
    for (let x = 0; x < SIDE; x += 1) {
      const left = line[Math.floor(x / cell)] ?? 0;
      const right = line[Math.floor(x / cell) + 1] ?? 0;
      heights[y * SIDE + x]! += left + (right - left) * (weights[x % cell] ?? 0);
    }
  }
}

function blendLines(lattice: Float64Array, columns: number, row: number, weight: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => {
    const upper = lattice[row * columns + column] ?? 0;
    const lower = lattice[(row + 1) * columns + column] ?? 0;
    return upper + (lower - upper) * weight;
  });
}

function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}

/** A round thing in the picture, lighter or darker than what is behind it. */
function addDisc(heights: Float64Array, random: Random): void {
  const radius = 12 + random.below(60);
  const centreX = random.below(SIDE);
  const centreY = random.below(SIDE);
  const change = random.below(91) - 45;
  for (let y = Math.max(0, centreY - radius); y < Math.min(SIDE, centreY + radius); y += 1) {
    for (let x = Math.max(0, centreX - radius); x < Math.min(SIDE, centreX + radius); x += 1) {
      if ((x - centreX) ** 2 + (y - centreY) ** 2 < radius * radius) heights[y * SIDE + x]! += change;
    }
  }
}

/** The sum of three throws is near enough to the bell curve of a sensor's noise. */
function grain(random: Random): number {
  const bits = random.bits();
  return ((bits & 0xff) + ((bits >>> 8) & 0xff) + ((bits >>> 16) & 0xff) - 382.5) / GRAIN;
}

const GRAIN = 32;
