import { hash, randomFillSync } from 'node:crypto';

/**
 * The fields that may say something of a person. A record's hash covers commitments to them, not the values, so that value
 * and salt can be destroyed one day while the chain stays what it was.
 */
export const personalFields = ['user', 'address', 'detail'] as const;

export type PersonalField = (typeof personalFields)[number];

/** One text per personal field that a record has. */
export type ByPersonalField = Readonly<Partial<Record<PersonalField, string>>>;

/** What lies beside a record: the value of each personal field, and the salt of its commitment. */
export interface PersonalValues {
  readonly values: ByPersonalField;
  /** 32 hexadecimal digits each. */
  readonly salts: ByPersonalField;
}

const saltBytes = 16;
const saltForm = /^[0-9a-f]{32}$/;

/**
 * SHA-256 over the text of salt, name of the field, `=`, and value in UTF-8; hexadecimal. Empty, which is no commitment, for
 * a salt that is not 32 hexadecimal digits: a longer one could swallow the beginning of another value.
 */
export function commitmentOf(field: PersonalField, value: string, salt: string): string {
  return saltForm.test(salt) ? hash('sha256', `${salt}${field}=${value}`, 'hex') : '';
}

/** The personal fields of an entry, each with a new random salt. */
export function salted(entry: ByPersonalField): PersonalValues {
  const values: Partial<Record<PersonalField, string>> = {};
  const salts: Partial<Record<PersonalField, string>> = {};
  for (const field of personalFields) {
    const value = entry[field];
    if (value === undefined) continue;
    values[field] = value;
    salts[field] = newSalt();
  }
  return { values, salts };
}

/** Random bytes in advance: asking the system for each salt would cost more than hashing it. */
const random = Buffer.alloc(512 * saltBytes);
let used = random.length;

function newSalt(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += saltBytes;
  return random.toString('hex', used - saltBytes, used);
}

/** The commitments to all of these values. */
export function commitmentsTo({ values, salts }: PersonalValues): ByPersonalField {
  const commitments: Partial<Record<PersonalField, string>> = {};
  for (const field of personalFields) {
    const value = values[field];
    if (value !== undefined) commitments[field] = commitmentOf(field, value, salts[field] ?? '');
  }
  return commitments;
}
