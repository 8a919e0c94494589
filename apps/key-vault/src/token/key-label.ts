import type { KeyPurpose } from '#contracts';

/** Whose a key is and what for; stands in the token as the label of key and certificate. */
export interface KeyLabel {
  readonly purpose: KeyPurpose;
  readonly contactCenter: string;
  readonly alias: string;
}

/** Keys of recordings have one slash in their label, those of the local key manager two: no name contains any. */
const localKeyManagerPrefix = 'local-key-manager/';

/** `<contact center>/<alias>`, with `local-key-manager/` before it for the keys of that. */
export function formatKeyLabel({ purpose, contactCenter, alias }: KeyLabel): string {
  return `${purpose === 'LOCAL_KEY_MANAGER' ? localKeyManagerPrefix : ''}${contactCenter}/${alias}`;
}

/** Reads any label: one without a slash, made by another tool, is an alias without a contact center. */
export function parseKeyLabel(label: string): KeyLabel {
  const parts = label.split('/');
  if (parts.length === 3 && label.startsWith(localKeyManagerPrefix)) {
    return { purpose: 'LOCAL_KEY_MANAGER', contactCenter: parts[1] ?? '', alias: parts[2] ?? '' };
  }
  const slash = label.indexOf('/');
  return {
    purpose: 'RECORDING',
    contactCenter: label.slice(0, Math.max(0, slash)),
    alias: label.slice(slash + 1),
  };
}
