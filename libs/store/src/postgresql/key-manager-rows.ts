import type { HawkCredential } from '../local-key-manager/hawk-credential.js';
import type { KeyManagerOwner } from '../local-key-manager/key-manager-owner.js';
import type { LocalKeyPair } from '../local-key-manager/local-key-pair.js';

/** A row that belongs to a contact center, which the column alone says. */
export interface OwnedRow {
  readonly document: string;
  /** Empty: to none. */
  readonly contact_center: string;
}

/** What the column says of an owner. */
export const ownerColumn = (owner: KeyManagerOwner): string => owner ?? '';

/** What a column says. */
export const ownerOf = (column: string): KeyManagerOwner => (column === '' ? undefined : column);

export const credentialIn = (row: OwnedRow): HawkCredential => ({
  ...(JSON.parse(row.document) as HawkCredential),
  ...ownerIn(row),
});

export const keyPairIn = (row: OwnedRow): LocalKeyPair => ({
  ...(JSON.parse(row.document) as LocalKeyPair),
  ...ownerIn(row),
});

const ownerIn = ({ contact_center: owner }: OwnedRow): { readonly contactCenter?: string } =>
  owner === '' ? {} : { contactCenter: owner };

/** What the document of something owned says. */
export const documentOf = (content: { readonly contactCenter?: string }): string =>
  JSON.stringify({ ...content, contactCenter: undefined });
