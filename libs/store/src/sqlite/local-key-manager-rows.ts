import type { HawkCredential } from '../local-key-manager/hawk-credential.js';
import type { LocalKeyPair } from '../local-key-manager/local-key-pair.js';

/** A row that belongs to a contact center: the column says to which, whatever code wrote the document. */
export interface OwnedRow {
  readonly document: string;
  readonly contact_center: string | null;
}

export const credentialIn = (row: OwnedRow): HawkCredential => ({
  ...(JSON.parse(row.document) as HawkCredential),
  ...ownerIn(row),
});

export const keyPairIn = (row: OwnedRow): LocalKeyPair => ({
  ...(JSON.parse(row.document) as LocalKeyPair),
  ...ownerIn(row),
});

const ownerIn = ({ contact_center: owner }: OwnedRow): { readonly contactCenter?: string } =>
  owner === null ? {} : { contactCenter: owner };

/** What the document of something owned says: the owner stands in the column alone. */
export const documentOf = (content: { readonly contactCenter?: string }): string =>
  JSON.stringify({ ...content, contactCenter: undefined });
