import { ServerResponse } from 'node:http';
import { archiveRequestSchema } from '#contracts';
import type { GrantVerifier } from '#grants';
import { endWithin, RcsError, sendStream } from '#platform';
import type { ArchivedFiles } from '../media-session/archived-files.js';
import { firstBytes } from './first-bytes.js';
import type { Exchange } from './data-plane-exchange.js';

/** A few archives are made at once: what waits for a gateway may be more than for a player. */
const outstandingBytes = 256 * 1024;

/** Answers a stored file for an archive: its ciphertext, and no key is asked for. */
export class ArchiveHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly files: Pick<ArchivedFiles, 'open'>,
    private readonly clientIdleTimeoutMs: number,
  ) {}

  async handle(body: unknown, { signal, response }: Exchange): Promise<void> {
    const parsed = archiveRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `archive request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const { grant: jws, storage, recipient, contentTree, resume } = parsed.data;
    const grant = this.grants.verify(jws);
    const leaves = contentTree === undefined ? undefined : Buffer.from(contentTree, 'base64');
    const file = await this.files.open({ grant, leaves, storage, recipient }, signal);
    if (resume !== undefined && (resume.entityTag !== file.entityTag || resume.offset > file.length))
      throw new RcsError('RCS_STORAGE_CHANGED', 'the file changed since another worker began to send it');
    const from = resume?.offset ?? 0;
    const length = file.length - from;
    const source = file.stream(from, signal);
    // Whoever waits hears of a failure; between two of them there must be a listener, too.
    source.on('error', () => undefined);
    await firstBytes(source);
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': length,
      etag: file.entityTag,
    });
    await sendStream(source, response, {
      length,
      receiverIdleTimeoutMs: this.clientIdleTimeoutMs,
      outstandingBytes,
      // A caller in this process has yet to send the very pieces.
      disposes: response instanceof ServerResponse,
    });
    await endWithin(response, this.clientIdleTimeoutMs);
  }
}
