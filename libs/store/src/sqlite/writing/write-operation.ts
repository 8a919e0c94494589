import type { AuditEntry, AuditRecord } from '../../audit/audit-record.js';
import type {
  AdditionResult,
  AssignmentResult,
  ChangeOrigin,
  RemovalRequest,
  RemovalResult,
} from '../../certificates/certificate-store.js';
import type {
  AssignmentTarget,
  CertificateAssignment,
  RecordingCertificate,
} from '../../certificates/recording-certificate.js';
import type { ContactCenter } from '../../contact-centers/contact-center.js';
import type { HawkCredential, HawkInvitation } from '../../local-key-manager/hawk-credential.js';
import type {
  AssignedThings,
  AssignmentOutcome,
  HawkRegistration,
  HawkRevocation,
  HawkRotation,
  KeyManagerAssignment,
  RegistrationResult,
} from '../../local-key-manager/local-key-manager-store.js';
import type { LocalKeyPair } from '../../local-key-manager/local-key-pair.js';
import type { LoggedRequest } from '../../local-key-manager/logged-request.js';
import type { LocationClaim } from '../../media-index/media-index-store.js';
import type { MediaFinding, PinResult } from '../../recordings/pinned-media.js';
import type { InsertionDetails } from '../../recordings/recording-store.js';
import type { Recording } from '../../recordings/recording.js';
import type { RewrapJob, RewrapStep } from '../../rewrap/rewrap-job.js';
import type { RewrapClaim } from '../../rewrap/rewrap-store.js';
import type { AccountName } from '../../users/account.js';
import type { User, UserContent } from '../../users/user.js';

/** The writes of one database: name, what goes in, what comes out. Both cross a thread, so they are plain values. */
export type WriteOperations = Readonly<Record<string, { readonly input: unknown; readonly result: unknown }>>;

export type DocumentWrites = {
  insertRecording: { input: InsertionDetails & { recording: Recording }; result: InsertionOutcome };
  /** null: no such recording. */
  pinMedia: { input: { recordingId: string; finding: MediaFinding }; result: PinResult | null };
  putUser: { input: UserContent; result: User };
  /** `seen` null: there is none yet. Result null: another version is there. */
  replaceUser: { input: { user: UserContent; seen: number | null }; result: User | null };
  removeUser: { input: AccountName; result: boolean };
  addCertificate: { input: RecordingCertificate; result: AdditionResult };
  removeCertificate: { input: RemovalRequest; result: RemovalResult };
  noteKeyRemoved: { input: { contactCenter: string; alias: string; at: string | undefined }; result: boolean };
  claimExpiryWarning: { input: { contactCenter: string; alias: string; days: number }; result: boolean };
  assignCertificates: { input: CertificateAssignment; result: AssignmentResult };
  unassignCertificates: { input: { contactCenter: string; target: AssignmentTarget }; result: boolean };
  succeedCertificate: {
    input: { contactCenter: string; from: string; to: string; origin: ChangeOrigin };
    /** null: one of the two cannot be used. */
    result: readonly AssignmentTarget[] | null;
  };
  createRewrap: { input: RewrapJob; result: RewrapJob };
  /** null: nothing to do. */
  claimRewrap: { input: RewrapClaim; result: RewrapJob | null };
  /** null: the owner lost the job. */
  stepRewrap: { input: RewrapStep; result: RewrapJob | null };
  releaseRewrap: {
    input: { jobId: string; owner: string; notBefore: number; waiting: string | undefined };
    result: null;
  };
  setRewrapState: {
    input: { contactCenter: string; id: string; state: 'running' | 'paused'; at: string };
    result: RewrapJob | null;
  };
  postponeMedia: {
    input: { recordingId: string; mediaId: string; reason: string; nextAttempt: number };
    result: null;
  };
  giveUpMedia: { input: { contactCenter: string; recordingId: string }; result: number };
  /** null: of all contact centers. */
  retryMedia: { input: string | null; result: null };
  leaseMediaIndex: { input: { owner: string; now: number; leaseUntil: number }; result: boolean };
  /** Those that another contact center had. */
  claimLocations: { input: readonly LocationClaim[]; result: readonly LocationClaim[] };
  noteLocationsClaimed: { input: string; result: null };
  putContactCenter: { input: ContactCenter; result: null };
  registerHawkCredential: { input: HawkRegistration; result: RegistrationResult };
  /** null: no such credential, or a revoked one. */
  rotateHawkCredential: { input: HawkRotation; result: HawkCredential | null };
  revokeHawkCredential: { input: HawkRevocation; result: HawkCredential | null };
  inviteHawkCredential: { input: { invitation: HawkInvitation; now: string }; result: null };
  addLocalKeyPair: { input: LocalKeyPair; result: LocalKeyPair };
  /** `owner` null: of what belongs to no contact center. */
  logLocalKeyRequest: { input: { request: LoggedRequest; owner: string | null; limit: number }; result: null };
  clearLocalKeyRequests: { input: { owner: string | null }; result: null };
  assignKeyManagerThings: { input: KeyManagerAssignment; result: AssignmentOutcome };
  /** null: there is none, or there are several. */
  assignToOnlyContactCenter: { input: null; result: (AssignedThings & { readonly contactCenter: string }) | null };
  probe: { input: null; result: null };
};

export type InsertionOutcome =
  | { readonly outcome: 'created' | 'unchanged' | 'different' }
  /** A recording of another contact center names the location of this media file. */
  | { readonly outcome: 'location-taken'; readonly mediaId: string };

export type AuditWrites = {
  append: { input: { entry: AuditEntry; time: string }; result: AuditRecord };
  probe: { input: null; result: null };
};

/** How each operation is carried out, inside the transaction of its batch. */
export type WriteHandlers<Operations extends WriteOperations> = {
  readonly [Name in keyof Operations]: (input: Operations[Name]['input']) => Operations[Name]['result'];
};

export interface WriteRequest {
  readonly name: string;
  readonly input: unknown;
}

/** `failure` of one operation: its own fault; the others of the batch are committed. */
export type WriteOutcome = { readonly result: unknown } | { readonly failure: string };

/** `failure` of a batch: the database cannot serve, nothing of the batch is written. */
export type BatchOutcome = { readonly outcomes: readonly WriteOutcome[] } | { readonly failure: string };
