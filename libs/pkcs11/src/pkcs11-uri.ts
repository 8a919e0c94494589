import { TokenError } from './token-error.js';

/** Which token of which module, RFC 7512. */
export interface TokenLocation {
  readonly modulePath: string;
  readonly token: string | undefined;
  readonly serial: string | undefined;
  readonly slotId: number | undefined;
}

/**
 * Reads a PKCS#11 URI such as `pkcs11:token=recordings?module-path=/usr/lib/softhsm/libsofthsm2.so`.
 * @throws TokenError naming the attribute that is missing or must not be there (a PIN does not belong into a URI).
 */
export function parsePkcs11Uri(uri: string): TokenLocation {
  const match = /^pkcs11:([^?]*)(?:\?(.*))?$/.exec(uri);
  if (match === null) throw new TokenError('refused', 'a PKCS#11 URI starts with pkcs11: (RFC 7512)');
  const path = attributes(match[1] ?? '', ';');
  const query = attributes(match[2] ?? '', '&');
  if (query.has('pin-value'))
    throw new TokenError('refused', 'pin-value in a PKCS#11 URI is not taken; give the PIN as a file');
  const modulePath = query.get('module-path');
  if (modulePath === undefined) throw new TokenError('refused', 'the PKCS#11 URI has no module-path');
  const [token, serial, slot] = [path.get('token'), path.get('serial'), path.get('slot-id')];
  if (token === undefined && serial === undefined && slot === undefined) {
    throw new TokenError('refused', 'the PKCS#11 URI names no token (token, serial or slot-id)');
  }
  if (slot !== undefined && !/^\d+$/.test(slot))
    throw new TokenError('refused', 'slot-id in the PKCS#11 URI is no number');
  return { modulePath, token, serial, slotId: slot === undefined ? undefined : Number(slot) };
}

function attributes(text: string, separator: string): Map<string, string> {
  return new Map(
    text
      .split(separator)
      .filter(part => part !== '')
      .map(part => {
        const equals = part.indexOf('=');
        if (equals < 1) throw new TokenError('refused', `"${part}" in the PKCS#11 URI is no attribute`);
        return [part.slice(0, equals), decodeURIComponent(part.slice(equals + 1))] as const;
      }),
  );
}
