import { inspectRequestSchema, type GrantVerifier } from '#contracts';
import { deadlineSignal, RcsError } from '#platform';
import type { LayoutInspector } from '../media-session/layout-inspector.js';
import type { Exchange } from './media.handler.js';

/** Tells a gateway how a stored file is laid out, so that it can name the envelope in a grant. */
export class InspectHandler {
  constructor(
    private readonly grants: GrantVerifier,
    private readonly inspector: LayoutInspector,
    private readonly timeoutMs: number,
  ) {}

  async handle(body: unknown, { signal, response }: Exchange): Promise<void> {
    const parsed = inspectRequestSchema.safeParse(body);
    if (!parsed.success) throw new RcsError('RCS_INVALID_VALUE', 'inspect request: the grant is missing');
    const grant = this.grants.verify(parsed.data.grant);
    if (grant.purpose !== 'inspect')
      throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} inspects no media`);
    const reply = JSON.stringify(await this.inspector.inspect(grant, deadlineSignal(this.timeoutMs, signal)));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) });
    response.end(reply);
  }
}
