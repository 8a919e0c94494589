import type { VerifiedUnpacked } from '#archive';
import { GatewayAnswerError, type GatewayClient } from '../gateway-client/gateway-client.js';
import { recordingsIn, type ArchivedRecording } from './restored-recording.js';
import type { NamedMember } from './stored-archive.js';

/** How recordings of a verified archive are taken, each by itself. */
export interface OneByOne {
  /** Whether also those are taken of which the archive has not all media. */
  readonly incomplete: boolean;
  readonly signal: AbortSignal;
}

/** Says of a recording that it was taken without some of its media; empty where all are there. */
export type Without = { readonly detail?: string };

/** What became of a recording of which the archive has not all media. */
type Incomplete = { readonly outcome: 'incomplete' } & Without;

/** What becomes of the recordings of a verified archive, in its order; of those that are incomplete nothing unless wished. */
export async function* oneByOne<Member extends NamedMember, Outcome>(
  verified: { readonly manifest: VerifiedUnpacked['manifest']; readonly members: readonly Member[] },
  { incomplete, signal }: OneByOne,
  take: (recording: ArchivedRecording<Member>, without: Without) => Promise<Outcome>,
): AsyncGenerator<{ readonly recording: string } & (Outcome | Incomplete)> {
  for (const recording of recordingsIn(verified)) {
    signal.throwIfAborted();
    const { id, leftOut, media } = recording;
    const without = leftOut.length === 0 ? {} : { detail: `without ${leftOut.join(', ')}` };
    const isTaken = media.length > 0 && (leftOut.length === 0 || incomplete);
    const found = isTaken ? await take(recording, without) : ({ outcome: 'incomplete', ...without } as const);
    yield { recording: id, ...found };
  }
}

/** Why a gateway does not take metadata; undefined where it does. @throws whatever says nothing about them */
export async function refusedInsertion(
  gateway: Pick<GatewayClient, 'insertRecording'>,
  contactCenter: string,
  insertion: object,
): Promise<{ readonly outcome: 'taken' | 'refused'; readonly detail: string } | undefined> {
  try {
    await gateway.insertRecording(contactCenter, insertion);
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayAnswerError && error.status >= 400 && error.status < 500)) throw error;
    return { outcome: error.status === 409 ? 'taken' : 'refused', detail: error.reason };
  }
}
