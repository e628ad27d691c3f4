import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packed } from './pack';

test('both forms give the file back', () => {
  const raw = Buffer.from('signalement '.repeat(100));
  const forms = packed(raw);
  expect(Object.keys(forms)).toEqual(['.br', '.gz']);
  expect(brotliDecompressSync(forms['.br'] ?? Buffer.alloc(0))).toEqual(raw);
  expect(gunzipSync(forms['.gz'] ?? Buffer.alloc(0))).toEqual(raw);
});
test('what does not get smaller is left alone', () => {
  expect(packed(Buffer.from('a'))).toEqual({});
});
