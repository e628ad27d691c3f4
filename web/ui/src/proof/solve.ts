import { digestHead } from './sha256';

/** A number with which SHA-256 of "text:number" begins with so many zero bits, 1 to 31. */
export function solve(text: string, bits: number): number {
  const below = 2 ** (32 - bits);
  for (let n = 0; ; n++) if (digestHead(`${text}:${n}`) < below) return n;
}
