import { expect, test } from 'vitest';
import { symbol } from './icons';

test('keeps the paths, without what editors leave in them', () => {
  expect(symbol('dot', '<svg><path id="x" d="M1,2&#xA;&#x9;c3,4"/></svg>')).toBe('<symbol id="dot" viewBox="0 0 15 15"><path d="M1,2 c3,4"/></symbol>');
});
test.each(['<svg><circle r="2"/><path d="M0 0"/></svg>', '<svg></svg>'])('refuses what it would draw wrongly: %s', (file) => {
  expect(() => symbol('dot', file)).toThrow('icon dot');
});
