// The steps of the hexagons' colours: five classes of about equally many hexagons in view, beginning at round numbers. Classes of equal
// width would paint a whole town in one colour, for counts have long tails.

const fine = [8, 6, 5, 4, 3, 2.5, 2, 1.5, 1.2, 1]; // leading digits of numbers that read as round

/** Rounds down to a round number: 317 is 300, 17 is 15. */
function round(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const digits = power === 1 ? Math.floor(value) : (fine.find((digit) => digit * power <= value) ?? 1);
  return digits * power;
}

/** The least count of each of five classes for the counts in view; strictly rising from 1. */
export function ramp(counts: readonly number[]): [number, number, number, number, number] {
  const sorted = [...counts].sort((a, b) => a - b);
  const steps: number[] = [1];
  for (let i = 1; i < 5; i++) {
    const quantile = sorted[Math.floor((sorted.length * i) / 5)] ?? 1;
    steps.push(Math.max(round(quantile), (steps[i - 1] ?? 0) + 1));
  }
  return steps as [number, number, number, number, number];
}
