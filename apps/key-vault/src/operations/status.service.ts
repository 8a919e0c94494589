import type { StatusReply, TokenStatus } from '#contracts';
import type { KeyStore } from '../token/key-store.js';

/** What the vault can do now, without asking a token. */
export class StatusService {
  constructor(
    private readonly instance: string,
    private readonly keys: KeyStore,
  ) {}

  status(): StatusReply {
    const { tokens, readiness } = this.keys;
    const shown = tokens.find(({ state }) => state === 'open') ?? tokens[0];
    const sum = (count: (token: TokenStatus) => number): number =>
      tokens.reduce((total, token) => total + count(token), 0);
    return {
      instance: this.instance,
      ...readiness,
      tokenLabel: shown?.label ?? '',
      tokenModel: shown?.model ?? '',
      mechanisms: shown?.mechanisms ?? [],
      keyCount: this.keys.count,
      sessions: sum(token => token.sessions),
      sessionsInUse: sum(token => token.sessionsInUse),
      queued: this.keys.waiting + sum(token => token.queued),
      tokens,
    };
  }
}
