import { contentTreeRequestSchema, type ContentTreeReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { ContentTreeBuilder } from '#media-storage';
import { RcsError } from '#platform';
import type { GrantedStorages } from '../media-session/granted-storages.js';
import { stateOf } from '../media-session/layout-inspector.js';
import type { Exchange } from './data-plane-exchange.js';

/** Oftener than anybody on the way gives up an answer that does not come. */
const signOfLifeMs = 5000;

/** Reads a stored file as a whole and answers its content tree, for a gateway to keep with the recording. */
export class ContentTreeHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly storages: Pick<GrantedStorages, 'locate'>,
  ) {}

  async handle(body: unknown, { signal, response }: Exchange): Promise<void> {
    const parsed = contentTreeRequestSchema.safeParse(body);
    if (!parsed.success) throw new RcsError('RCS_INVALID_VALUE', 'content tree request: the grant is missing');
    const grant = this.grants.verify(parsed.data.grant);
    if (grant.purpose !== 'inspect')
      throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} makes no content tree`);
    const { storages, location } = this.storages.locate(grant, parsed.data.storage);
    const stored = await storages.open(location, {}, signal);
    // JSON may begin with white space: it says that the file is still being read.
    const signOfLife = setInterval(() => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.write(' ');
    }, signOfLifeMs);
    try {
      const builder = new ContentTreeBuilder();
      const bytes = stored.stream(0, stored.size, signal) as AsyncIterable<Buffer>;
      for await (const chunk of bytes) builder.update(chunk);
      const { root, leaves } = builder.finish();
      const reply: ContentTreeReply = { ...stateOf(stored), root, leaves: leaves.toString('base64') };
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply));
    } finally {
      clearInterval(signOfLife);
    }
  }
}
