import type { AssignmentTarget, CertificateAssignment, RecordingCertificate } from './recording-certificate.js';

/** Who changes something when. */
export interface ChangeOrigin {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface AdditionResult {
  /**
   * `known`: this very certificate is there already, under whatever alias; `alias-taken`: another has the alias;
   * `not-assignable`: it is there and encrypts nothing, so that it was not assigned, either.
   */
  readonly outcome: 'created' | 'known' | 'restored' | 'alias-taken' | 'not-assignable';
  /** What is stored now under the certificate's fingerprint, or under its alias when that is taken. */
  readonly certificate: RecordingCertificate;
}

/** Where a certificate is assigned as well in the act that adds it, behind those that are assigned already. */
export interface AddedAssignment {
  readonly target: AssignmentTarget;
  readonly origin: ChangeOrigin;
}

export interface RemovalRequest {
  readonly contactCenter: string;
  readonly alias: string;
  /** Recipients by which envelopes name the certificate. */
  readonly recipients: readonly string[];
  /** Recipients of other certificates whose keys are there: what they open does not need this one. */
  readonly otherRecipients: readonly string[];
  /** Removes it from assignments and in spite of recordings and archives that need it; not while some may need it unknown to us. */
  readonly force: boolean;
  readonly origin: ChangeOrigin;
}

/** What needs a certificate. */
export interface CertificateUse {
  readonly assignments: number;
  /** Recordings that no other certificate opens. */
  readonly recordings: number;
  /** Archives that were made here, with media files that no other certificate opens. */
  readonly archives: number;
  /** Recordings of the contact center of which nobody knows yet whom they are for: any of them may need it. */
  readonly unknown: number;
}

/** Of a certificate that is not there. */
export const noUse: CertificateUse = { assignments: 0, recordings: 0, archives: 0, unknown: 0 };

/** Why a certificate of this use is not removed, if it is not. */
export function refusalOf(
  { assignments, recordings, archives, unknown }: CertificateUse,
  { force }: Pick<RemovalRequest, 'force'>,
): 'unknown' | 'in-use' | undefined {
  if (unknown > 0) return 'unknown';
  return !force && assignments + recordings + archives > 0 ? 'in-use' : undefined;
}

export type UseQuestion = Pick<RemovalRequest, 'contactCenter' | 'alias' | 'recipients' | 'otherRecipients'>;

export interface RemovalResult extends CertificateUse {
  /** `unknown`: nobody can say whether recordings need it. */
  readonly outcome: 'removed' | 'in-use' | 'unknown' | 'not-found';
}

export type AssignmentResult =
  | { readonly outcome: 'assigned' | 'unchanged' }
  /** The first alias that is no active certificate which may encrypt. */
  | { readonly outcome: 'unknown-alias'; readonly alias: string };

/**
 * Keeps recording certificates and what they are assigned to. Every method rejects with RCS_STORE_UNAVAILABLE while the
 * database cannot serve; changes are durable when they resolve, and two at the same moment see one another.
 */
export interface CertificateStore {
  /** Active and deleted ones, of one contact center or of all, sorted by alias. */
  list(contactCenter?: string): Promise<readonly RecordingCertificate[]>;

  find(contactCenter: string, alias: string): Promise<RecordingCertificate | undefined>;

  /**
   * The same certificate twice is one entry; a deleted one comes back with what is passed, under its old alias.
   * @param assignTo what it is assigned to in the same transaction: both, or nothing.
   */
  add(certificate: RecordingCertificate, assignTo?: AddedAssignment): Promise<AdditionResult>;

  /** What needs it at this moment. */
  use(question: UseQuestion): Promise<CertificateUse>;

  /**
   * Refuses while it is assigned or needed, unless forced; while recordings are unknown also then. A second call finds
   * nothing.
   */
  remove(request: RemovalRequest): Promise<RemovalResult>;

  /**
   * Notes that the private key was taken out of use; undefined: that it is in use again. False when there is no deleted
   * certificate of this alias.
   */
  noteKeyRemoved(contactCenter: string, alias: string, at: string | undefined): Promise<boolean>;

  /** True for the one caller that may warn: whoever asks first for this threshold or a lower one. */
  claimWarning(contactCenter: string, alias: string, days: number): Promise<boolean>;

  /** Assignments of one contact center or of all. */
  assignments(contactCenter?: string): Promise<readonly CertificateAssignment[]>;

  assignment(contactCenter: string, target: AssignmentTarget): Promise<CertificateAssignment | undefined>;

  /** Replaces the whole list of a target. */
  assign(assignment: CertificateAssignment): Promise<AssignmentResult>;

  /** Forgets a target altogether; false when it was not there. */
  unassign(contactCenter: string, target: AssignmentTarget): Promise<boolean>;

  /**
   * Puts one certificate in the place of another in all assignments at once and notes the successor.
   * @returns the targets that changed; undefined when one of the two is no active certificate (the second: one that may
   * encrypt).
   */
  succeed(
    contactCenter: string,
    from: string,
    to: string,
    origin: ChangeOrigin,
  ): Promise<readonly AssignmentTarget[] | undefined>;
}
