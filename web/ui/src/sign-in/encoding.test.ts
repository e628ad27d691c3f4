import { describe, expect, test } from 'vitest';
import { answer, bytes, creation, request, text } from './encoding';

describe('bytes and base64url', () => {
  test.each([[''], ['AA'], ['-_-_'], ['AQIDBAU'], ['_w']])('%s', (encoded) => {
    expect(text(bytes(encoded).buffer)).toBe(encoded);
  });
  test('every byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(bytes(text(all.buffer))).toEqual(all);
    expect(text(all.buffer)).not.toMatch(/[+/=]/);
  });
});

test('what the server writes becomes what the browser takes', () => {
  const made = creation({
    publicKey: {
      challenge: 'AQID', rp: { id: 'example.org', name: 'Ville' }, user: { id: 'BA', name: 'a@example.org', displayName: 'a' }, pubKeyCredParams: [],
      excludeCredentials: [{ type: 'public-key', id: 'BQY', transports: ['internal'] }], timeout: 1000,
    },
  }).publicKey;
  expect(made?.challenge).toEqual(Uint8Array.of(1, 2, 3));
  expect(made?.user.id).toEqual(Uint8Array.of(4));
  expect(made?.excludeCredentials).toEqual([{ type: 'public-key', id: Uint8Array.of(5, 6), transports: ['internal'] }]);
  expect(made?.rp.id).toBe('example.org');
  const asked = request({ publicKey: { challenge: 'AQ', rpId: 'example.org', userVerification: 'required' } }).publicKey;
  expect(asked).toEqual({ challenge: Uint8Array.of(1), rpId: 'example.org', userVerification: 'required', allowCredentials: [] });
});

test('what the browser signs becomes what the server takes', () => {
  const signed = {
    id: 'AQ', rawId: Uint8Array.of(1).buffer, type: 'public-key', authenticatorAttachment: 'platform', getClientExtensionResults: () => ({}),
    response: {
      clientDataJSON: Uint8Array.of(2).buffer, authenticatorData: Uint8Array.of(3).buffer, signature: Uint8Array.of(4).buffer, userHandle: Uint8Array.of(5).buffer,
    },
  } as unknown as PublicKeyCredential;
  expect(JSON.parse(answer(signed))).toEqual({
    id: 'AQ', rawId: 'AQ', type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {},
    response: { clientDataJSON: 'Ag', authenticatorData: 'Aw', signature: 'BA', userHandle: 'BQ' },
  });
});
