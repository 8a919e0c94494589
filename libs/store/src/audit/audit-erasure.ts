import type { StoredAuditRecord } from './stored-audit-record.js';
import { personalFields, type PersonalField, type PersonalValues } from './personal-fields.js';

/** A person whom the audit of a contact center is to forget. */
export interface ForgottenSubject {
  readonly contactCenter: string;
  /** `user`: who acted under this name; `number`: whose number is mentioned. */
  readonly kind: 'user' | 'number';
  readonly value: string;
}

export const isSameSubject = (one: ForgottenSubject, other: ForgottenSubject): boolean =>
  one.contactCenter === other.contactCenter && one.kind === other.kind && one.value === other.value;

/** That a subject is to be forgotten, and the record up to which that is done. */
export interface ErasureOrder extends ForgottenSubject {
  readonly writer: string;
  readonly sequence: number;
}

/** What is looked at of a record to know whether it is about the subject. */
export interface ExaminedRecord {
  readonly writer: string;
  readonly sequence: number;
  readonly text: string;
  readonly personal: string | null;
  readonly hash: string;
}

/** That value and salt of fields of a record were destroyed. It says nothing about anybody. */
export interface ErasedFields {
  /** From 1 on, in the order in which they were destroyed. */
  readonly number: number;
  readonly writer: string;
  readonly sequence: number;
  /** Of the record: a chain that a restored backup went on with has another one of this number. */
  readonly hash: string;
  /** Names, separated by commas. */
  readonly fields: string;
}

/** Destroys values and salts of personal fields; chains, trees and proofs stay what they are. */
export interface AuditErasure {
  /** Durable when it resolves; `forgetNext` carries it out, whoever dies in between. Ordered again it begins anew. */
  forget(subject: ForgottenSubject): Promise<void>;

  /** Whom it is still to forget. */
  awaited(): Promise<readonly ForgottenSubject[]>;

  /** Carries out a part of what was ordered; of these subjects alone, where they are named. False: nothing is left to do. */
  forgetNext(only?: readonly ForgottenSubject[]): Promise<boolean>;

  /** What was destroyed, behind this number, in the order of the numbers. */
  erasedFields(after: number, limit: number): Promise<readonly ErasedFields[]>;

  /** Destroys again what a backup brought back. @returns how many records had it. */
  eraseAgain(erased: readonly Omit<ErasedFields, 'number'>[]): Promise<number>;

  /** Overwrites what the database still has of destroyed values outside its tables, as far as it can now. False: try again. */
  scrub(): Promise<boolean>;
}

/** Records that one step looks at, so that appends wait for milliseconds only. */
export const examinedAtOnce = 2000;

/** Texts that every record about a subject has: others need not be read. */
export interface SubjectTraces {
  /** In the text that was hashed. */
  readonly inText: string;
  /** In the JSON beside it, unless `escape` is there, which may stand for any character. */
  readonly inPersonal: string;
  readonly escape: string;
}

export const tracesOf = ({ contactCenter, kind, value }: ForgottenSubject): SubjectTraces => ({
  // Canonical JSON has one text for it, which can stand nowhere else.
  inText: `"contactCenter":${JSON.stringify(contactCenter)}`,
  // A number may be grouped.
  inPersonal: kind === 'number' ? '"detail"' : JSON.stringify(value).slice(1, -1),
  escape: '\\u',
});

/** Tells which fields of a record say something of a subject. */
export function fieldsAbout(
  subject: ForgottenSubject,
): (record: Pick<StoredAuditRecord, 'text' | 'personal'>) => readonly PersonalField[] {
  const { inText } = tracesOf(subject);
  const named = fieldsNaming(subject);
  return ({ text, personal }) => (personal !== null && text.includes(inText) ? named(personal) : []);
}

/** As `fieldsAbout`, of what lies beside a record of the contact center. */
export function fieldsNaming({ kind, value }: ForgottenSubject): (personal: string) => readonly PersonalField[] {
  const mention = kind === 'number' ? numberPattern(value) : wordPattern(value);
  return personal => {
    const { values } = JSON.parse(personal) as PersonalValues;
    if (kind === 'user' && values.user === value) return personalFields.filter(field => values[field] !== undefined);
    return values.detail !== undefined && mention.test(values.detail) ? ['detail'] : [];
  };
}

/** What lies beside a record without some of its fields. */
export function withoutFields(personal: string, fields: readonly string[]): string {
  const { values, salts } = JSON.parse(personal) as PersonalValues;
  const rest = (all: object): object =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !fields.includes(name)));
  return JSON.stringify({ values: rest(values), salts: rest(salts) });
}

/** Not inside of a longer name. */
function wordPattern(value: string): RegExp {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'u');
}

/** However it is grouped; not inside of a longer number. */
function numberPattern(value: string): RegExp {
  const characters = value.match(/[\p{L}\p{N}]/gu) ?? [];
  return new RegExp(`(?<![\\p{L}\\p{N}])${characters.join('[ ().\\/-]*')}(?![\\p{L}\\p{N}])`, 'u');
}
