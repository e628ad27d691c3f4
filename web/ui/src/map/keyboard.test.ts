import { expect, test } from 'vitest';
import { command } from './keyboard';

const key = (name: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', true>> = {}) =>
  command({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

test.each([
  ['ArrowLeft', {}, { do: 'pan', x: -100, y: 0 }],
  ['ArrowDown', { shiftKey: true }, { do: 'pan', x: 0, y: 20 }],
  ['+', { shiftKey: true }, { do: 'zoom', by: 1 }],
  ['-', {}, { do: 'zoom', by: -1 }],
  ['Enter', {}, { do: 'act' }],
  ['?', { shiftKey: true }, { do: 'help' }],
  ['Escape', {}, { do: 'back' }],
  ['Tab', {}, undefined],
  ['a', {}, undefined],
  ['ArrowLeft', { altKey: true }, undefined], // the browser's "back"
  ['+', { ctrlKey: true }, undefined], // the browser's zoom
  ['-', { metaKey: true }, undefined],
] as const)('%s %o', (name, held, want) => {
  expect(key(name, held)).toEqual(want);
});
