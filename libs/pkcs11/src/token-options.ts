/** How to reach a token and how much to ask of it. */
export interface TokenOptions {
  /** RFC 7512 */
  readonly uri: string;
  /** Empty where it is entered at the token (CKF_PROTECTED_AUTHENTICATION_PATH). */
  readonly pin: string;
  /**
   * Sessions for playback, each with one operation at a time; fewer when the token allows fewer. One more is opened for
   * administration where the token allows it. Every running operation holds a thread, or waits for one: unwraps by raw RSA one of
   * ours, all others one of libuv's pool. Where operations wait for an HSM behind a network, start the process with
   * UV_THREADPOOL_SIZE of at least `recommendedThreadPoolSize(sessions)`.
   */
  readonly sessions: number;
  /** Threads for calls of the token, of ours and of libuv's so many each; one for every session and one more when absent. */
  readonly threads?: number | undefined;
  /** The most operations that wait for a session. */
  readonly queueLimit: number;
  /**
   * A native call that takes longer counts as hung, milliseconds. Calls without cryptography (C_OpenSession, searches)
   * run at once and cannot be watched from inside: whoever runs the process watches it.
   */
  readonly operationTimeoutMs: number;
  /** For modules that bear one caller at a time: no two calls overlap, and the module is told that there are no threads. */
  readonly serialised?: boolean;
  /** The text that C_Initialize is given in pReserved, as NSS and YubiHSM 2 want it. */
  readonly initialisation?: string;
  /**
   * Where the certificates of a token lie that refuses CKO_CERTIFICATE; those of one HSM share it, wherever they run. It
   * needs no more protection than public things: the keys of the token decide what counts in it.
   */
  readonly certificateDirectory?: string | undefined;
  /** `in-token` leaves paddings to the token even where it offers raw RSA, as some security policies demand. */
  readonly paddings?: 'automatic' | 'in-token';
  readonly observer: TokenObserver;
}

/** Told what happens, for metrics and logs; must not throw. */
export interface TokenObserver {
  /** Seconds an operation waited for a session. */
  waited(seconds: number): void;
  /** Seconds an operation took inside the token. */
  executed(seconds: number): void;
  /** The token was lost, hangs, is back, or its PIN was refused. */
  stateChanged(state: TokenState): void;
}

export type TokenState =
  | { readonly kind: 'open' }
  /** It is being looked for by itself. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** A call does not return and cannot be cancelled: if this lasts, only a new process helps. */
  | { readonly kind: 'hung'; readonly reason: string }
  /** The PIN is wrong or locked: nobody tries again, because that would lock it for good. */
  | { readonly kind: 'pin-refused'; readonly reason: string }
  | { readonly kind: 'closed' };

/**
 * What UV_THREADPOOL_SIZE should be for so many sessions: one for each, and one for that of administration. Nothing else in the
 * process of a module uses these threads, and calls go around among all that there are, each with cold caches.
 */
export const recommendedThreadPoolSize = (sessions: number): number => sessions + 1;
