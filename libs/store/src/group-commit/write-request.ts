import type { ErrorCode } from '#platform';

/** What a handler says of a write that must not happen; whoever asked for it gets an RcsError of this code. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly publicDetail?: string,
  ) {
    super(message);
  }
}

export interface WriteRequest {
  readonly name: string;
  readonly input: unknown;
}

/** `refusal` and `failure` are of one operation: the others of the batch are committed. */
export type WriteOutcome =
  | { readonly result: unknown }
  | { readonly refusal: Pick<WriteRefused, 'code' | 'message' | 'publicDetail'> }
  | { readonly failure: string };

/** `failure` of a batch: the database cannot serve, nothing of the batch is written. */
export type BatchOutcome = { readonly outcomes: readonly WriteOutcome[] } | { readonly failure: string };
