import type { JWTPayload } from 'jose';
import type { OpenIdSettings } from '#platform';

/** Claims that only ID tokens have (OpenID Connect Core 1.0, sections 2 and 3.3.2.11). */
const idTokenClaims = ['nonce', 'at_hash', 'c_hash', 's_hash'];
/** Claims that access tokens have (RFC 9068 section 2.2, and what Entra ID and Okta call the same). */
const accessTokenClaims = ['scope', 'scp', 'client_id', 'cid'];
/** What tokens are called by providers that say it in a claim: Keycloak, Amazon Cognito. */
const typeClaims = { typ: { access: 'Bearer', id: 'ID' }, token_use: { access: 'access', id: 'id' } };

/**
 * Whether a token whose signature is good was made to be shown to services. An ID token tells its client who has logged
 * in, and lies in places where no access token would; with the right audience it must not open anything here.
 * @param type the `typ` of its header
 */
export function isAccessToken(
  type: string | undefined,
  payload: JWTPayload,
  expected: OpenIdSettings['tokenType'],
): boolean {
  const name = type?.toLowerCase().replace(/^application\//, '');
  if (expected === 'at+jwt') return name === 'at+jwt';
  if (name !== undefined && name !== 'jwt' && name !== 'at+jwt') return false;
  if (idTokenClaims.some(claim => payload[claim] !== undefined)) return false;
  const said = Object.entries(typeClaims).map(([claim, values]) => ({ value: payload[claim], ...values }));
  if (said.some(({ value, id }) => value === id)) return false;
  return (
    name === 'at+jwt' ||
    said.some(({ value, access }) => value === access) ||
    accessTokenClaims.some(claim => payload[claim] !== undefined)
  );
}
