import type { StatusReply } from '#contracts';
import type { KeyStore } from '../token/key-store.js';

/** What the vault can do now, without asking the token. */
export class StatusService {
  constructor(
    private readonly instance: string,
    private readonly keys: KeyStore,
  ) {}

  status(): StatusReply {
    const { ready, reason, tokenLabel, tokenModel, mechanisms, keyCount, sessions, sessionsInUse, queued } =
      this.keys.health();
    return {
      instance: this.instance,
      ready,
      reason,
      tokenLabel,
      tokenModel,
      mechanisms,
      keyCount,
      sessions,
      sessionsInUse,
      queued,
    };
  }
}
