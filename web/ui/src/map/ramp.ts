// The steps of the hexagons' colours: five classes, from the first count of each, round numbers, fitted to what is in view.

/** Rounds down to 1, 2 or 5 times a power of ten. */
function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

/** The least count of each of five classes for counts up to `most`; strictly rising from 1. */
export function ramp(most: number): [number, number, number, number, number] {
  const ratio = Math.max(most, 1) ** (1 / 5);
  const steps: number[] = [1];
  for (let i = 1; i < 5; i++) steps.push(Math.max(round(ratio ** i), (steps[i - 1] ?? 0) + 1));
  return steps as [number, number, number, number, number];
}
