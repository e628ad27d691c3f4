// A drawn area as the form sends it: longitude_latitude of each corner, ~ between them, which an address can hold as it is.

export type Corner = readonly [lon: number, lat: number];

const digits = 5; // of degrees: a metre

/** A ring, closed or not, as the form has it. */
export function written(ring: readonly (readonly number[])[]): string {
  const corners = ring.map(([lon = NaN, lat = NaN]) => `${lon.toFixed(digits)}_${lat.toFixed(digits)}`);
  if (corners.length > 1 && corners[0] === corners.at(-1)) corners.pop();
  return corners.filter((corner, i) => corner !== corners[i - 1]).join('~');
}

/** The corners that the form has; none when it has no area, or one that cannot be read. */
export function read(text: string): Corner[] {
  const corners = text.split('~').map((word): Corner => {
    const [lon = '', lat = ''] = word.split('_');
    return lon === '' || lat === '' ? [NaN, NaN] : [Number(lon), Number(lat)];
  });
  const good = corners.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
  return good && corners.length >= 3 ? corners : [];
}
