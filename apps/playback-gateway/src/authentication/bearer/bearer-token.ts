/** Longer tokens are not looked at. */
const longestToken = 16 * 1024;

/** The token of an `Authorization: Bearer` header (RFC 6750 section 2.1); undefined for none or another scheme. */
export function parseBearerToken(header: string | undefined): string | undefined {
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? '')?.[1];
  return token === undefined || token.length > longestToken ? undefined : token;
}
