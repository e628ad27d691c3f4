import { expect, test } from 'vitest';
import { bytesOf } from './offer';

test('the key of the server, in bytes', () => {
  expect([...bytesOf('BP_-AA')]).toEqual([4, 255, 254, 0]);
});
