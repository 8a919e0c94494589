import { forgetRequestSchema, type ForgetReply } from '#contracts';
import { RcsError, type FreedMemory, type Logger } from '#platform';
import type { MediaSessionCache } from '../media-session/media-session-cache.js';
import type { Exchange } from './data-plane-exchange.js';

/** Ends the sessions and streams of a key that was disabled, or of a recording that was removed: they are gone at once. */
export class ForgetHandler {
  constructor(
    private readonly sessions: Pick<MediaSessionCache, 'forgetRecording' | 'forgetKey'>,
    private readonly memory: Pick<FreedMemory, 'note'>,
    private readonly logger: Logger,
  ) {}

  handle(body: unknown, { requestId, response }: Exchange): Promise<void> {
    const parsed = forgetRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `forget request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const { data } = parsed;
    const sessions = 'recording' in data ? this.sessions.forgetRecording(data) : this.sessions.forgetKey(data);
    // Its envelope may be in memory that was freed before, whoever has it open now. A deletion has no such promise to keep,
    // and everybody's streams wait meanwhile.
    if ('recording' in data && data.erased === true) this.memory.note();
    const reply: ForgetReply = { sessions };
    this.logger.info({ requestId, ...data, ...reply }, 'a key or a recording was forgotten');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
    return Promise.resolve();
  }
}
