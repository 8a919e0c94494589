import type { ContentTreePartsMessage, MediaRequest } from '#contracts';
import type { GrantContent } from '#grants';

/** One playback, as the relay has to bring it from a worker to the player. */
export interface RelayRequest {
  readonly media: Omit<MediaRequest, 'grant' | 'resume' | 'window' | 'contentTree' | 'contentTreeParts'>;
  /** The leaves of the content tree, base64, for a worker that may not know them: while its session is warm it does. */
  readonly contentTree: () => Promise<string>;
  /** The same of some parts of the tree; undefined where it can be had as a whole only. */
  readonly contentTreeParts: (parts: readonly number[]) => Promise<ContentTreePartsMessage | undefined>;
  /** What the workers may do. */
  readonly grant: GrantContent;
  /** Told every grant that a worker is shown. */
  readonly onGrant?: (grant: string) => void;
  readonly requestId: string;
  /** Resolves when the audit record is durable; no byte leaves before. */
  readonly audited: Promise<unknown>;
  /** Header fields that the gateway adds to those of the worker. */
  readonly headers: Readonly<Record<string, string>>;
}
