import { hash } from 'node:crypto';
import type { GrantBinding } from './grant-members.js';
import { refused } from './signed-token.js';

interface GrantNames extends GrantBinding {
  readonly jti: string;
}

/** The name of a cluster that gave itself none. */
export const defaultCluster = 'default';

/** Who a grant is for: the vaults of one cluster, however many there are behind its addresses. */
export const vaultAudience = (cluster: string = defaultCluster): string =>
  `urn:recording-crypto-server:vaults:${cluster}`;

/** As grants name a certificate: SHA-256 of its DER, base64url. */
export const certificateThumbprint = (der: Uint8Array): string => hash('sha256', der, 'base64url');

/** The same of a fingerprint as TLS prints it: hexadecimal with colons. */
export const thumbprintOfFingerprint = (fingerprint256: string): string =>
  Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');

/** The id of a grant that this process signed itself; nothing is proved about it. */
export const grantIdOf = (jws: string): string =>
  (JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as GrantNames).jti;

/** Who may show a grant, as it says itself; nothing is proved about it. */
export const holderOf = (jws: string): string | undefined =>
  (JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as GrantNames).cnf?.['x5t#S256'];

/** The member `cnf` for the holder of this certificate; none where it is not known. */
export const boundTo = (certificate: string | undefined): Pick<GrantBinding, 'cnf'> =>
  certificate === undefined ? {} : { cnf: { 'x5t#S256': certificate } };

/** @throws RcsError RCS_GRANT_REFUSED for a grant for the vaults of another cluster, or for none where that does not do. */
export function checkAudience({ aud }: GrantBinding, cluster: string | undefined, mayBeUnbound: boolean): void {
  if (aud === vaultAudience(cluster) || (aud === undefined && mayBeUnbound)) return;
  throw refused(aud === undefined ? 'it does not say for which vaults it is' : `it is for others: ${aud}`);
}

/**
 * @param holders thumbprints of the certificates that who shows it has.
 * @throws RcsError RCS_GRANT_REFUSED for a grant of somebody else, or of anybody where that does not do.
 */
export function checkHolder({ cnf }: GrantBinding, holders: readonly string[], mayBeUnbound: boolean): void {
  if (cnf === undefined) {
    if (mayBeUnbound) return;
    throw refused('it does not say who may show it');
  }
  if (!holders.includes(cnf['x5t#S256'])) throw refused('it was given to somebody else');
}
