import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { personalIn } from './personal';

// The server's table.
const table = JSON.parse(readFileSync(new URL('../../../../reports/testdata/personal.json', import.meta.url), 'utf8')) as { text: string; kinds: string[] }[];

test.each(table)('$text', ({ text, kinds }) => {
  expect(personalIn(text)).toEqual(kinds);
});
