import type { JWTPayload } from 'jose';
import { isAccessToken } from './access-token.js';

describe(isAccessToken, () => {
  const scope = { scope: 'listen' };

  it.each<readonly [string, string | undefined, JWTPayload, boolean]>([
    ['at+jwt', 'at+jwt', {}, true],
    ['the long form of at+jwt', 'application/at+JWT', {}, true],
    ['JWT', 'JWT', scope, false],
    ['no type', undefined, scope, false],
    ['a logout token', 'logout+jwt', scope, false],
  ])('where at+jwt is demanded: %s', (_, type, payload, expected) => {
    expect(isAccessToken(type, payload, 'at+jwt')).toBe(expected);
  });

  it.each<readonly [string, string | undefined, JWTPayload, boolean]>([
    ['at+jwt', 'at+jwt', {}, true],
    ['a scope', 'JWT', scope, true],
    ['a scope and no type', undefined, scope, true],
    ['scp of Entra ID', 'JWT', { scp: 'listen' }, true],
    ['typ Bearer of Keycloak', 'JWT', { typ: 'Bearer' }, true],
    ['typ ID of Keycloak', 'JWT', { typ: 'ID', ...scope }, false],
    ['token_use of Cognito', 'JWT', { token_use: 'access' }, true],
    ['an ID token of Cognito', 'JWT', { token_use: 'id', ...scope }, false],
    ['a nonce', 'JWT', { nonce: 'n', ...scope }, false],
    ['at_hash', 'JWT', { at_hash: 'h', ...scope }, false],
    ['nothing that tells', 'JWT', { azp: 'client' }, false],
    ['another type', 'logout+jwt', scope, false],
  ])('where JWT is enough: %s', (_, type, payload, expected) => {
    expect(isAccessToken(type, payload, 'JWT')).toBe(expected);
  });
});
