// Makes the head of a JPEG that says where it was taken: for tests.
import type { Spot } from '../place/field';

export function jpegAt({ lat, lon }: Spot, little = true): Uint8Array {
  const bytes = new Uint8Array(2 + 4 + 6 + 146 + 4);
  const view = new DataView(bytes.buffer);
  const tiff = 12;
  const u16 = (at: number, n: number) => view.setUint16(tiff + at, n, little);
  const u32 = (at: number, n: number) => view.setUint32(tiff + at, n, little);
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe1);
  view.setUint16(4, 2 + 6 + 146);
  bytes.set([0x45, 0x78, 0x69, 0x66, 0, 0], 6);
  view.setUint16(tiff, little ? 0x4949 : 0x4d4d);
  u16(2, 42);
  u32(4, 8);
  u16(8, 1); // one entry: the way to the GPS directory
  const entry = (at: number, tag: number, type: number, count: number) => {
    u16(at, tag);
    u16(at + 2, type);
    u32(at + 4, count);
  };
  entry(10, 0x8825, 4, 1);
  u32(18, 26);
  u16(26, 4);
  const text = (at: number, tag: number, letter: string) => {
    entry(at, tag, 2, 2);
    view.setUint8(tiff + at + 8, letter.charCodeAt(0));
  };
  const fractions = (at: number, tag: number, degrees: number, where: number) => {
    entry(at, tag, 5, 3);
    u32(at + 8, where);
    const whole = Math.floor(degrees);
    const minutes = Math.floor((degrees - whole) * 60);
    const seconds = Math.round(((degrees - whole) * 60 - minutes) * 60 * 10_000);
    [[whole, 1], [minutes, 1], [seconds, 10_000]].forEach(([above = 0, below = 1], i) => {
      u32(where + i * 8, above);
      u32(where + i * 8 + 4, below);
    });
  };
  text(28, 1, lat < 0 ? 'S' : 'N');
  fractions(40, 2, Math.abs(lat), 82);
  text(52, 3, lon < 0 ? 'W' : 'E');
  fractions(64, 4, Math.abs(lon), 106);
  view.setUint16(bytes.length - 2, 0xffd9);
  return bytes;
}
