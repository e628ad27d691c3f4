import { expect, test } from 'vitest';
import { answerAsTyped } from './typed';

test('an answer that comes back to the form is what was typed', () => {
  expect(answerAsTyped('Le mur, côté rue')[0]).toBe('Le mur, côté rue'); // a field that is typed takes the first
  expect(answerAsTyped('rats,pigeons')).toEqual(expect.arrayContaining(['rats', 'pigeons'])); // boxes take each
  const time = new Date('2026-03-29T10:15:00Z');
  const two = (n: number) => String(n).padStart(2, '0');
  expect(answerAsTyped('2026-03-29T10:15:00Z')).toEqual([`2026-03-29T${two(time.getHours())}:${two(time.getMinutes())}`]);
});
