import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { head, placeIn } from './exif';
import { jpegAt } from './exif.example';

test.each([
  ['little end first', true], ['big end first', false],
])('%s', (_, little) => {
  const place = placeIn(jpegAt({ lat: -33.856784, lon: 151.215297 }, little));
  expect(place?.lat).toBeCloseTo(-33.856784, 5);
  expect(place?.lon).toBeCloseTo(151.215297, 5);
});

test('no place is none: 0/0, beyond the poles, not a photo, nothing', () => {
  for (const bytes of [jpegAt({ lat: 0, lon: 0 }), jpegAt({ lat: 91, lon: 3 }), jpegAt({ lat: 47, lon: 181 }), new Uint8Array(), new Uint8Array([0xff, 0xd8]), new TextEncoder().encode('<svg/>')]) {
    expect(placeIn(bytes)).toBeUndefined();
  }
});

test('whatever stands in the bytes, the reader ends and gives a place on the earth or none', () => {
  const good = jpegAt({ lat: 47.1234567, lon: 3.1234567 });
  for (let length = 0; length < good.length; length++) placeIn(good.subarray(0, length));
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647);
  for (let i = 0; i < 20_000; i++) {
    const bytes = good.slice();
    for (let k = random() % 4; k >= 0; k--) bytes[random() % bytes.length] = random() % 256;
    const place = placeIn(bytes);
    if (place) expect(Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180).toBe(true);
  }
});

const folder = resolve(process.env.QUARTIER_TEST_PHOTOS ?? join(import.meta.dirname, '../../../../../shared/data/photos'));
describe.skipIf(!existsSync(folder))(`real photos of ${folder} (skipped where they are not)`, () => {
  test('a camera with GPS', () => {
    const names = readdirSync(join(folder, 'gps'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const place = placeIn(readFileSync(join(folder, 'gps', name)).subarray(0, head));
      expect(place?.lat, name).toBeCloseTo(43.467, 1); // all were taken in Arezzo
      expect(place?.lon, name).toBeCloseTo(11.88, 1);
    }
  });
  test('a camera without', () => {
    for (const name of readdirSync(join(folder, 'orientation'))) expect(placeIn(readFileSync(join(folder, 'orientation', name))), name).toBeUndefined();
  });
});
