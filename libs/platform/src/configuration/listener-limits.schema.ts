import { z } from 'zod';
import { bytes, milliseconds } from './option-types.js';

/** Connections that one port may have open at once. */
export const maxConnections = (fallback: number) => z.int().min(1).max(1_000_000).default(fallback);

/** What anybody may take of the public ports before it is known who they are, and how long they wait for an answer. */
export const listenerLimits = () =>
  z
    .strictObject({
      maxConnections: maxConnections(10_000).describe(
        'Open connections of the public port; one more is closed as it is made, and counted.',
      ),
      tlsHandshakeTimeoutMs: milliseconds
        .default(10_000)
        .describe('A connection that has not agreed TLS in this time is closed.'),
      answerTimeoutMs: milliseconds
        .default(60_000)
        .describe(
          'A request whose answer has not begun in this time is answered 504; where playbackStartTimeoutMs is longer, five seconds after that.',
        ),
      maxLoginBodyBytes: bytes
        .max(1024 * 1024)
        .default(4 * 1024)
        .describe('Bodies of those whom nobody knows yet: logins, invitations of the local key manager.'),
      maxHawkBodyBytes: bytes
        .max(1024 * 1024)
        .default(64 * 1024)
        .describe('Bodies of requests to the local key manager, read when the signed header is good.'),
      maxJsonDepth: z.int().min(8).max(1000).default(32).describe('Deeper JSON is refused before it is parsed.'),
      maxFormFields: z.int().min(4).max(1000).default(20).describe('Fields of a form, without its files.'),
      maxFormFiles: z.int().min(2).max(100).default(2).describe('A certificate and its key.'),
    })
    .prefault({});

export type ListenerLimits = z.output<ReturnType<typeof listenerLimits>>;
