import { hash, randomBytes } from 'node:crypto';

/**
 * The fields that may say something of a person. A record's hash covers commitments to them, not the values, so that value
 * and salt can be destroyed one day while the chain stays what it was.
 */
export const personalFields = ['user', 'address', 'recording', 'mediaFile', 'requestId', 'detail'] as const;

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

/** SHA-256 of the salt's bytes, the name of the field, `=`, and the value in UTF-8; hexadecimal. */
export function commitmentOf(field: PersonalField, value: string, salt: string): string {
  return hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(`${field}=${value}`)]), 'hex');
}

/** The personal fields of an entry, each with a new random salt. */
export function salted(entry: ByPersonalField): PersonalValues {
  const present = personalFields.filter(field => entry[field] !== undefined);
  const random = randomBytes(saltBytes * present.length).toString('hex');
  const values: Partial<Record<PersonalField, string>> = {};
  const salts: Partial<Record<PersonalField, string>> = {};
  present.forEach((field, index) => {
    values[field] = entry[field] ?? '';
    salts[field] = random.slice(2 * saltBytes * index, 2 * saltBytes * (index + 1));
  });
  return { values, salts };
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
