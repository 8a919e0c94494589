import { archivePartRequestSchema, unfinishedPath, type ArchivePartRequest } from '#contracts';
import type { GrantVerifier, PlaybackGrant } from '#grants';
import type { MediaLocation, MediaStorages, StoredObject } from '#media-storage';
import { endWithin, RcsError, sendStream, type Logger } from '#platform';
import type { GrantedStorages } from '../media-session/granted-storages.js';
import { firstBytes } from './first-bytes.js';
import type { Exchange } from './data-plane-exchange.js';

type Granted = Pick<ArchivePartRequest, 'grant' | 'storage'>;

/** What parts are called: nothing that a recorder stores. */
const nameOfPart = /-\d{4,9}\.zip$/;

/** @throws RcsError RCS_GRANT_REFUSED for every other grant, and for a file that is no part */
export function grantOfPart({ grant: jws }: Granted, grants: Pick<GrantVerifier, 'verify'>): PlaybackGrant {
  const grant = grants.verify(jws);
  const { purpose, location } = grant;
  if (purpose !== 'archive-part')
    throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${purpose} is for no part of an archive`);
  if (!nameOfPart.test(location.path)) throw new RcsError('RCS_GRANT_REFUSED', 'no part of an archive is called so');
  return grant;
}

/** Gives parts of archives their names, removes what did not become one, and reads them. */
export class ArchivePartHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly storages: Pick<GrantedStorages, 'locate'>,
    private readonly logger: Logger,
    private readonly clientIdleTimeoutMs: number,
  ) {}

  async handle(body: unknown, exchange: Exchange): Promise<void> {
    const parsed = archivePartRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `archive part: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const request = parsed.data;
    const grant = grantOfPart(request, this.grants);
    const { storages, location } = this.storages.locate(grant, request.storage);
    if (request.act === 'read') return this.read(storages, location, request, exchange);
    const path = unfinishedPath(grant.location.path, request.attempt);
    const unfinished = this.storages.locate({ ...grant, location: { ...grant.location, path } }, request.storage);
    const { requestId, signal, response } = exchange;
    if (request.act === 'discard') await storages.remove(unfinished.location, signal);
    else await publish(storages, unfinished.location, location, request.length, signal);
    const { contactCenter, recording: job, mediaFile: part } = grant;
    this.logger.info({ requestId, contactCenter, job, part, act: request.act }, 'a part of an archive');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ done: true }));
  }

  private async read(
    storages: MediaStorages,
    location: MediaLocation,
    { start, end, length }: Extract<ArchivePartRequest, { act: 'read' }>,
    { signal, response }: Exchange,
  ): Promise<void> {
    const object = await storages.open(location, {}, signal);
    if (object.size !== length || start > end || end > length)
      throw new RcsError('RCS_STORAGE_CHANGED', `a part of ${length} bytes has ${object.size}, or has no such range`);
    const source = object.stream(start, end, signal);
    // Whoever waits hears of a failure; between two of them there must be a listener, too.
    source.on('error', () => undefined);
    await firstBytes(source);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': end - start });
    await sendStream(source, response, { length: end - start, receiverIdleTimeoutMs: this.clientIdleTimeoutMs });
    await endWithin(response, this.clientIdleTimeoutMs);
  }
}

/** Once it has its name it is found under that: whoever asks again, because the answer was lost, hears that it is done. */
async function publish(
  storages: MediaStorages,
  unfinished: MediaLocation,
  location: MediaLocation,
  length: number,
  signal: AbortSignal,
): Promise<void> {
  const written = await found(storages, unfinished, signal);
  if (written !== undefined && written.size !== length)
    throw new RcsError('RCS_STORAGE_CHANGED', `the storage has ${written.size} bytes of ${length} that were written`);
  if (written !== undefined) return storages.move(unfinished, location, signal);
  const published = await found(storages, location, signal);
  if (published?.size !== length)
    throw new RcsError('RCS_STORAGE_FILE_MISSING', 'what was written of a part is not there any more');
}

async function found(
  storages: MediaStorages,
  location: MediaLocation,
  signal: AbortSignal,
): Promise<StoredObject | undefined> {
  try {
    return await storages.open(location, {}, signal);
  } catch (error) {
    if (error instanceof RcsError && error.code === 'RCS_STORAGE_FILE_MISSING') return undefined;
    throw error;
  }
}
