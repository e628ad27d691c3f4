import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestHead } from './sha256';
import { solve } from './solve';

test('the digest is SHA-256, at every length around the ends of blocks', () => {
  for (let length = 0; length < 200; length++) {
    const text = 'a1:Z-_'.repeat(40).slice(0, length);
    expect(digestHead(text)).toBe(createHash('sha256').update(text).digest().readUInt32BE());
  }
});

test('a solution begins with the zeros that were asked for', () => {
  for (const bits of [1, 8, 12]) {
    const n = solve('some-challenge', bits);
    expect(createHash('sha256').update(`some-challenge:${n}`).digest().readUInt32BE() >>> (32 - bits)).toBe(0);
  }
});
