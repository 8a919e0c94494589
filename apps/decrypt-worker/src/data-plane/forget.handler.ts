import { forgetRequestSchema, type ForgetReply } from '#contracts';
import { RcsError, type Logger } from '#platform';
import type { MediaSessionCache } from '../media-session/media-session-cache.js';
import type { Exchange } from './media.handler.js';

/** Ends the sessions and streams of a key that was disabled or removed, so that it is at once as if it were not there. */
export class ForgetHandler {
  constructor(
    private readonly sessions: MediaSessionCache,
    private readonly logger: Logger,
  ) {}

  handle(body: unknown, { requestId, response }: Exchange): Promise<void> {
    const parsed = forgetRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `forget request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const reply: ForgetReply = { sessions: this.sessions.forgetKey(parsed.data) };
    this.logger.info({ requestId, ...parsed.data, ...reply }, 'a key was forgotten');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
    return Promise.resolve();
  }
}
