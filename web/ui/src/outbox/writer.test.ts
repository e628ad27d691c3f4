import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepWriter, mayBeSent, nobody, noLonger, writer } from './writer';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});
afterEach(() => vi.unstubAllGlobals());

const sendable = () => ['a', 'b', nobody].filter((writer) => mayBeSent({ writer }));

test('who signs in next does not send what another wrote; what was written without an account goes with anybody', () => {
  expect(sendable()).toEqual([nobody]);
  keepWriter('a');
  expect(sendable()).toEqual(['a', nobody]);
  noLonger('b');
  expect(sendable()).toEqual(['a', nobody]);
  noLonger('a');
  expect(sendable()).toEqual([nobody]);
  keepWriter('b');
  expect(sendable()).toEqual(['b', nobody]);
});

test('a page from the shelf does not say, and the last that did is right', () => {
  keepWriter('a');
  keepWriter(undefined);
  expect(writer()).toBe('a');
});
