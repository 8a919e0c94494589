import type { Conditions } from '../http/condition-fields.js';
import type { User } from '#store';

/** The query parameter of a play URL that offers the media as a file to store. */
export const downloadParameter = 'download';

/** What a player asks for, and who asks. */
export interface PlaybackRequest {
  readonly user: User;
  readonly recordingId: string;
  readonly leaf: string;
  readonly method: 'GET' | 'HEAD';
  readonly conditions: Conditions;
  readonly address: string;
  readonly requestId: string;
  /** Of the play ticket that let the player in. */
  readonly ticketId?: string | undefined;
  /** Whether a browser shall store the media rather than play it. */
  readonly asDownload: boolean;
}
