// Reads where a photo was taken out of its EXIF (CIPA DC-008: APP1 of a JPEG, the GPS directory of the TIFF in it), and nothing else. The bytes come from
// anywhere: whatever is out of bounds or makes no sense is no place.
import type { Spot } from '../place/field';

/** How much of a photo is looked at, in bytes: the APP1 segment stands at its head and is at most 64 KiB long. */
export const head = 256 << 10;

const mostEntries = 512; // of a directory

/** The place that the head of a photo names. */
export function placeIn(bytes: Uint8Array): Spot | undefined {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    if (cause instanceof RangeError) return undefined; // it points outside itself
    throw cause;
  }
}

function read(view: DataView): Spot | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at);
    if (marker < 0xffc0 || marker === 0xffda) return undefined; // the picture begins: no EXIF stands before it
    const length = view.getUint16(at + 2);
    if (length < 2) return undefined;
    if (marker === 0xffe1 && length >= 16 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0) {
      const end = Math.min(view.byteLength, at + 2 + length);
      return gps(new DataView(view.buffer, view.byteOffset + at + 10, end - at - 10));
    }
    at += 2 + length;
  }
  return undefined;
}

function gps(tiff: DataView): Spot | undefined {
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  if (tiff.getUint16(2, little) !== 42) return undefined;
  const directory = entries(tiff, little, tiff.getUint32(4, little)).get(0x8825);
  if (directory === undefined) return undefined;
  const fields = entries(tiff, little, tiff.getUint32(directory + 8, little));
  const lat = degrees(tiff, little, fields.get(1), fields.get(2), 'S', 90);
  const lon = degrees(tiff, little, fields.get(3), fields.get(4), 'W', 180);
  return lat === undefined || lon === undefined || (lat === 0 && lon === 0) ? undefined : { lat, lon };
}

/** Where the entries of a directory stand, by their tags. */
function entries(tiff: DataView, little: boolean, at: number): Map<number, number> {
  const found = new Map<number, number>();
  const count = Math.min(mostEntries, tiff.getUint16(at, little));
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + i * 12;
    found.set(tiff.getUint16(entry, little), entry);
  }
  return found;
}

/** Degrees, minutes and seconds as three fractions, and the side of the world. */
function degrees(tiff: DataView, little: boolean, side: number | undefined, value: number | undefined, minus: string, limit: number): number | undefined {
  if (side === undefined || value === undefined) return undefined;
  if (tiff.getUint16(value + 2, little) !== 5 || tiff.getUint32(value + 4, little) !== 3) return undefined;
  const at = tiff.getUint32(value + 8, little);
  let sum = 0;
  for (const [i, part] of [1, 60, 3600].entries()) {
    const [above, below] = [tiff.getUint32(at + i * 8, little), tiff.getUint32(at + i * 8 + 4, little)];
    if (below === 0 && above !== 0) return undefined;
    sum += below === 0 ? 0 : above / below / part;
  }
  if (!(sum <= limit)) return undefined;
  return String.fromCharCode(tiff.getUint8(side + 8)) === minus ? -sum : sum;
}
