import { inspectRequestSchema, type InspectReply, type OlderInspectReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { deadlineSignal, RcsError } from '#platform';
import type { LayoutInspector } from '../media-session/layout-inspector.js';
import type { Exchange } from './data-plane-exchange.js';

/** Tells a gateway how a stored file is laid out, so that it can pin it and name its envelope in a grant. */
export class InspectHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly inspector: LayoutInspector,
    private readonly timeoutMs: number,
  ) {}

  async handle(body: unknown, { signal, response }: Exchange): Promise<void> {
    const parsed = inspectRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `inspect request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const grant = this.grants.verify(parsed.data.grant);
    if (grant.purpose !== 'inspect')
      throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} inspects no media`);
    const { declared, envelope, storage } = parsed.data;
    const detachedEnvelope = envelope === undefined ? undefined : Buffer.from(envelope, 'base64');
    const found = await this.inspector.inspect(
      { grant, declared: declared ?? 'nothing', detachedEnvelope, storage },
      deadlineSignal(this.timeoutMs, signal),
    );
    const reply = JSON.stringify(declared === undefined ? olderReply(found) : found);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) });
    response.end(reply);
  }
}

/** For a gateway that does not know the newer form yet. */
function olderReply(found: InspectReply): OlderInspectReply {
  switch (found.layout) {
    case 'plain':
      return { layout: 'plain' };
    case 'attached':
      return { layout: 'attached', envelopeDigest: found.envelopeDigest };
    case 'detached':
      throw new RcsError('RCS_INVALID_VALUE', 'an envelope was sent without saying what is declared');
    case 'unrecognised':
      throw new RcsError(found.code, found.detail);
  }
}
