// What WebAuthn exchanges is bytes; what travels is base64url in JSON (Web Authentication 3, 5.1.8 and 5.1.9). Browsers learn to do it themselves only now,
// so it is done here, for all of them alike.

/** The bytes of a base64url text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** Bytes as base64url, without padding. */
export function text(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

interface Descriptor {
  type: 'public-key';
  id: string;
  transports?: AuthenticatorTransport[];
}

const descriptors = (list: Descriptor[] = []): PublicKeyCredentialDescriptor[] => list.map((one) => ({ ...one, id: bytes(one.id) }));

/** Options to make a passkey, as the server writes them. */
export interface CreateOptions {
  publicKey: Omit<PublicKeyCredentialCreationOptions, 'challenge' | 'user' | 'excludeCredentials'> & {
    challenge: string;
    user: { id: string; name: string; displayName: string };
    excludeCredentials?: Descriptor[];
  };
}

/** Options to use one. */
export interface GetOptions {
  publicKey: Omit<PublicKeyCredentialRequestOptions, 'challenge' | 'allowCredentials'> & { challenge: string; allowCredentials?: Descriptor[] };
}

/** Options to make a passkey, as the browser takes them. */
export function creation({ publicKey }: CreateOptions): CredentialCreationOptions {
  const { challenge, user, excludeCredentials, ...rest } = publicKey;
  return {
    publicKey: { ...rest, challenge: bytes(challenge), user: { ...user, id: bytes(user.id) }, excludeCredentials: descriptors(excludeCredentials) },
  };
}

/** Options to use a passkey, as the browser takes them. */
export function request({ publicKey }: GetOptions): CredentialRequestOptions {
  const { challenge, allowCredentials, ...rest } = publicKey;
  return { publicKey: { ...rest, challenge: bytes(challenge), allowCredentials: descriptors(allowCredentials) } };
}

/** What the browser made or signed, as the server takes it. */
export function answer(credential: PublicKeyCredential): string {
  const { response } = credential;
  const fields: Record<string, unknown> = { clientDataJSON: text(response.clientDataJSON) };
  if ('attestationObject' in response) {
    const made = response as AuthenticatorAttestationResponse;
    fields.attestationObject = text(made.attestationObject);
    fields.transports = made.getTransports();
  } else {
    const signed = response as AuthenticatorAssertionResponse;
    fields.authenticatorData = text(signed.authenticatorData);
    fields.signature = text(signed.signature);
    if (signed.userHandle) fields.userHandle = text(signed.userHandle);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: fields,
    clientExtensionResults: credential.getClientExtensionResults(), authenticatorAttachment: credential.authenticatorAttachment,
  });
}
