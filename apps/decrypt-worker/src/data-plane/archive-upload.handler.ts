import { Readable } from 'node:stream';
import {
  archiveUploadRequestSchema,
  maximumUploadRequestBytes,
  unfinishedPath,
  type ArchiveUploadRequest,
} from '#contracts';
import type { GrantVerifier } from '#grants';
import { RcsError } from '#platform';
import type { GrantedStorages } from '../media-session/granted-storages.js';
import { grantOfPart } from './archive-part.handler.js';
import type { Exchange, Upload } from './data-plane-exchange.js';

/** The gateway gives nothing, or the storage takes nothing, for so long. */
const stalledAfterMs = 120_000;
const lengthBytes = 4;

/** Writes a part of an archive into a storage while it comes; one whose end does not come is not kept. */
export class ArchiveUploadHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly storages: Pick<GrantedStorages, 'locate'>,
  ) {}

  async receive(upload: Upload, { signal, response }: Exchange): Promise<void> {
    const bytes = upload[Symbol.asyncIterator]();
    const { asked, rest } = await requestBefore(bytes);
    const grant = grantOfPart(asked, this.grants);
    const path = unfinishedPath(grant.location.path, asked.attempt);
    const { storages, location } = this.storages.locate(
      { ...grant, location: { ...grant.location, path } },
      asked.storage,
    );
    const stalled = new AbortController();
    const watch = setTimeout(
      () => stalled.abort(new RcsError('RCS_STORAGE_TIMEOUT', 'a part stands still')),
      stalledAfterMs,
    );
    let length = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for (let chunk: Buffer | undefined = rest; chunk !== undefined; chunk = await next(bytes)) {
        length += chunk.length;
        watch.refresh();
        if (chunk.length > 0) yield chunk;
      }
      if (!upload.complete) throw new RcsError('RCS_STORAGE_FAILED', 'the gateway broke off within a part');
    }
    try {
      const body = Readable.from(counted(), { objectMode: false });
      await storages.put(location, body, undefined, AbortSignal.any([signal, stalled.signal]));
    } finally {
      clearTimeout(watch);
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ length }));
  }
}

async function next(bytes: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const result = await bytes.next();
  return result.done === true ? undefined : result.value;
}

/** @throws RcsError RCS_INVALID_VALUE */
async function requestBefore(
  bytes: AsyncIterator<Buffer>,
): Promise<{ readonly asked: ArchiveUploadRequest; readonly rest: Buffer }> {
  let head = Buffer.alloc(0);
  const upTo = async (wanted: number): Promise<void> => {
    while (head.length < wanted) {
      const chunk = await next(bytes);
      if (chunk === undefined) throw new RcsError('RCS_INVALID_VALUE', 'an upload ends within its request');
      head = Buffer.concat([head, chunk]);
    }
  };
  await upTo(lengthBytes);
  const end = lengthBytes + head.readUInt32BE(0);
  if (end > maximumUploadRequestBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
  await upTo(end);
  try {
    const asked = archiveUploadRequestSchema.parse(JSON.parse(head.subarray(lengthBytes, end).toString('utf8')));
    return { asked, rest: head.subarray(end) };
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'the request before an upload', { cause: error });
  }
}
