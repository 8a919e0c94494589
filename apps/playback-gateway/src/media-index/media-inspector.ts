import { Injectable } from '@nestjs/common';
import type { ContentTreeReply, InspectReply, InspectRequest, WorkerRegistration } from '#contracts';
import { RcsError } from '#platform';
import type { MediaFile, Recording } from '#store';
import { grantSubject } from '../grants/grant-subject.js';
import { WorkerClient } from '../workers/worker-client.js';
import { WorkerErrands, type Granted } from './worker-errands.js';
import { envelopeInMetadata } from '../envelopes/envelope-in-metadata.js';

/** Which stored file is looked at, for whom. */
export interface InspectionRequest {
  readonly recording: Pick<Recording, 'id' | 'contactCenter'>;
  readonly mediaFile: MediaFile;
  readonly userName: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export type InspectedMedia = Exclude<InspectReply, { readonly layout: 'unrecognised' }>;

/** Has stored files looked at: the gateway decides who may hear what, and leaves reading to the workers. */
@Injectable()
export class MediaInspector {
  constructor(
    private readonly errands: WorkerErrands,
    private readonly client: WorkerClient,
  ) {}

  /**
   * How a stored file is laid out, how long it is, and its envelope.
   * @throws RcsError with the code that a player would hear where it is neither media nor encrypted as it should be.
   */
  async inspect(request: InspectionRequest): Promise<InspectedMedia> {
    const { mediaFile, requestId, signal } = request;
    const found = await this.withGrant(request, (worker, granted) =>
      this.client.inspect(worker, { ...granted, ...declarationOf(mediaFile) }, requestId, signal),
    );
    if (found.layout === 'unrecognised') throw new RcsError(found.code, found.detail);
    return found;
  }

  /** The tree over a stored file, which a worker reads to its end. */
  contentTree(request: InspectionRequest): Promise<ContentTreeReply> {
    return this.withGrant(request, (worker, granted) =>
      this.client.contentTree(worker, granted, request.requestId, request.signal),
    );
  }

  private withGrant<Answer>(
    { recording, mediaFile, userName, signal }: InspectionRequest,
    ask: (worker: WorkerRegistration, granted: Granted) => Promise<Answer>,
  ): Promise<Answer> {
    const content = { ...grantSubject(recording, mediaFile, userName), purpose: 'inspect' as const };
    return this.errands.run(content, ask, signal);
  }
}

/** What the metadata says of the stored file, which decides what the file may be. */
function declarationOf(mediaFile: MediaFile): Pick<InspectRequest, 'declared' | 'envelope'> {
  const envelope = envelopeInMetadata(mediaFile);
  if (envelope !== undefined) return { declared: 'pkcs7', envelope: envelope.toString('base64') };
  return { declared: mediaFile.certAlias === undefined ? 'nothing' : 'certAlias' };
}
