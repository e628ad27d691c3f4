// The part of a photo that is to be made unreadable, in percent of its width and height.
export interface Area { left: number; top: number; width: number; height: number }

const within = (n: number, most: number) => Math.min(Math.max(n, 0), most);
const tenth = (n: number) => Math.round(n * 10) / 10;

/** The area between two corners, wherever they stand to each other. */
export function between(x1: number, y1: number, x2: number, y2: number): Area {
  const [left, right] = [within(Math.min(x1, x2), 100), within(Math.max(x1, x2), 100)];
  const [top, bottom] = [within(Math.min(y1, y2), 100), within(Math.max(y1, y2), 100)];
  return { left: tenth(left), top: tenth(top), width: tenth(right - left), height: tenth(bottom - top) };
}

const ways: Partial<Record<string, readonly [x: number, y: number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The area after a key: arrows move it, with Shift they make it larger or smaller; undefined: no key of ours. */
export function after(key: string, shift: boolean, a: Area): Area | undefined {
  const way = ways[key];
  if (!way) return undefined;
  const [x, y] = way;
  return shift
    ? { ...a, width: tenth(Math.max(1, within(a.width + x, 100 - a.left))), height: tenth(Math.max(1, within(a.height + y, 100 - a.top))) }
    : { ...a, left: tenth(within(a.left + x, 100 - a.width)), top: tenth(within(a.top + y, 100 - a.height)) };
}
