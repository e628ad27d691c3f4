import { expect, test } from 'vitest';
import { fold } from './fold';

test.each([['Éclairage public', 'eclairage public'], ['  L’Œuvre — n° 3 ', 'l oeuvre n 3'], ['', '']])('%s', (text, want) => {
  expect(fold(text)).toBe(want);
});
