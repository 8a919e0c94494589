import type { TokenErrorDetails, TokenFailure } from '../errors/token-error.js';
import type { KeyPairRequest } from '../keys/generate-key-pair.js';
import type { KeyPairImport } from '../keys/import-key-pair.js';
import type { PresentKey } from '../keys/key-index.js';
import type { CertificateToStore } from '../keys/key-templates.js';
import type { KeyObjects } from '../keys/read-keys.js';
import type { KeyRemoval } from '../keys/remove-key.js';
import type { SignatureHash } from '../keys/sign.js';
import type { TokenKey } from '../keys/token-key.js';
import type { SlotContent } from '../module/find-slot.js';
import type { TokenDescription } from '../module/token-description.js';
import type { ModuleOptions } from '../module/token-module.js';
import type { TokenNote } from '../notes/token-notes.js';
import type { TokenOptions, TokenState } from '../token-options.js';
import type { EncryptedSessionKey } from '../unwrap/session-key-decoding.js';

/** What a host is asked to do with its token, and what it answers. */
export interface HostOperations {
  unwrapSessionKey(key: PresentKey, encrypted: EncryptedSessionKey): Buffer;
  importKeyPair(pair: KeyPairImport): { readonly key: TokenKey; readonly created: boolean };
  generateKeyPair(request: KeyPairRequest): TokenKey;
  addCertificate(certificate: CertificateToStore): TokenKey;
  sign(key: PresentKey, hash: SignatureHash, data: Buffer): Buffer;
  removeKey(removal: KeyRemoval): boolean;
  refreshKeys(): void;
  refreshNotes(): void;
  writeNote(note: TokenNote): void;
  removeNote(name: string): void;
  renew(): void;
}

export type HostOperation = keyof HostOperations;
export type ArgumentsOf<Name extends HostOperation> = Parameters<HostOperations[Name]>;
export type ResultOf<Name extends HostOperation> = ReturnType<HostOperations[Name]>;

export type HostedOptions = Omit<TokenOptions, 'observer'>;

/** How the module wants to be initialised. */
export type InitialisedModule = Pick<ModuleOptions, 'serialised' | 'initialisation'>;

/** From the process that needs the token to its host. */
export type MessageToHost =
  /** The first one; the PIN is in it. */
  | { readonly kind: 'open'; readonly options: HostedOptions }
  /** Instead of `open`: only what lies in the slots of the module. */
  | { readonly kind: 'list-slots'; readonly uri: string; readonly module: InitialisedModule }
  | { readonly kind: 'request'; readonly id: number; readonly name: HostOperation; readonly arguments: unknown[] }
  /** Nobody waits for the answer any more: what has not begun need not begin. */
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' };

/** A failure as it crosses; without its cause, which need not be cloneable. */
export interface CrossingError extends Pick<TokenErrorDetails, 'ckr' | 'retryAfterMs'> {
  readonly failure: TokenFailure;
  readonly message: string;
}

/** What is known of a token without asking it; only what has changed. */
export interface TokenViewChange {
  readonly state?: TokenState;
  readonly description?: TokenDescription | 'none';
  /** Sessions for playback. */
  readonly sessions?: number;
  /** Unwraps that they have work for at a time. */
  readonly places?: number;
  readonly objects?: KeyObjects;
  readonly notes?: readonly TokenNote[];
}

export type MessageFromHost =
  /** The token is open, or being looked for: the view that was sent before says which. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'slots'; readonly slots: readonly SlotContent[] }
  /** It can never be opened; the host ends. */
  | { readonly kind: 'failed'; readonly error: CrossingError }
  | { readonly kind: 'view'; readonly change: TokenViewChange }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown; readonly executed: readonly number[] }
  | {
      readonly kind: 'failure';
      readonly id: number;
      readonly error: CrossingError;
      readonly executed: readonly number[];
    }
  /** Answers a ping, or says between two calls of the module that the first has returned. */
  | { readonly kind: 'alive' }
  /** The next call of the module may take so long, milliseconds. */
  | { readonly kind: 'long-call'; readonly timeoutMs: number };
