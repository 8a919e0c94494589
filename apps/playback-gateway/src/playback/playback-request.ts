import type { MediaRequest } from '#contracts';
import type { User } from '#store';

/** What a player asks for, and who asks. */
export interface PlaybackRequest {
  readonly user: User;
  readonly recordingId: string;
  readonly leaf: string;
  readonly method: 'GET' | 'HEAD';
  readonly conditions: Pick<
    MediaRequest,
    'range' | 'ifRange' | 'ifMatch' | 'ifNoneMatch' | 'ifModifiedSince' | 'ifUnmodifiedSince'
  >;
  readonly address: string;
  readonly requestId: string;
  /** Of the play ticket that let the player in. */
  readonly ticketId?: string | undefined;
}
