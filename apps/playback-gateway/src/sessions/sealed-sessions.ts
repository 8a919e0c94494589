import { z } from 'zod';
import type { ServerSettings } from '#platform';
import { accountId, type AccountName } from '#store';
import type { GatewayKeys } from '../redis/gateway-keys.js';
import type { RecordSeals, SealedRecords } from '../redis/sealed-records.js';
import type { SessionRecord } from './session.js';

const recordSchema = z.object({
  id: z.string(),
  userName: z.string(),
  source: z.enum(['configuration-server', 'openid']).exactOptional(),
  contactCenter: z.string().exactOptional(),
  credentialVersion: z.string(),
  createdAt: z.number(),
  address: z.string(),
  userAgent: z.string().exactOptional(),
  unasked: z.boolean().exactOptional(),
  seenByProviderAt: z.number().exactOptional(),
});

/** How long sessions last without a request and in all, seconds. */
export type SessionTimes = Pick<ServerSettings, 'sessionMaxInactiveInterval' | 'sessionMaxLifetime'>;

/** A session whose seal was opened. */
export interface OpenedSession {
  /** What it is kept under. */
  readonly key: string;
  /** As Redis gave it. */
  readonly text: string;
  readonly record: SessionRecord;
  /** By the time in its seal, milliseconds. */
  readonly endsAt: number;
  /** It follows from the secret, which leads to this session alone. */
  csrfToken?: string;
}

/** The form in which Redis has sessions: sealed for their place and their time, under names that tell nothing. */
export class SealedSessions {
  private readonly seals: SealedRecords;
  private readonly digest: (...parts: readonly string[]) => string;
  /** How long after its idle end a session could be brought back by whoever writes Redis; its record is sealed as often. */
  private readonly slackMs: number;

  constructor(
    private readonly times: SessionTimes,
    keys: GatewayKeys,
    seals: RecordSeals,
  ) {
    this.seals = seals.for('sessions');
    this.digest = keys.digests('names of sessions');
    this.slackMs = Math.min(60_000, times.sessionMaxInactiveInterval * 100);
  }

  /** What was kept under this key, if a gateway sealed it for this key. */
  open(key: string, text: string | null): OpenedSession | undefined {
    const opened = text === null ? undefined : this.seals.open(sessionKey(key), text);
    const parsed = recordSchema.safeParse(opened?.content);
    if (text === null || opened === undefined || !parsed.success) return undefined;
    return { key, text, record: parsed.data, endsAt: opened.endsAt };
  }

  /** @param lifetime how long it lasts without a request, seconds */
  seal(key: string, record: SessionRecord, lifetime: number): string {
    const endsAt = Math.min(Date.now() + lifetime * 1000 + this.slackMs, this.absoluteEnd(record));
    return this.seals.seal(sessionKey(key), record, endsAt);
  }

  /** However busy it is, milliseconds. */
  absoluteEnd({ createdAt }: Pick<SessionRecord, 'createdAt'>): number {
    return createdAt + this.times.sessionMaxLifetime * 1000;
  }

  /** What the session of a reference is kept under. */
  keyOf(reference: string): string {
    return this.digest('session', reference);
  }

  /** Where the sessions of an account are listed, those that nobody asked for apart. */
  listKey(account: AccountName, unasked: boolean): string {
    return `${unasked ? 'unasked' : 'user'}-sessions:${this.digest('account', accountId(account))}`;
  }
}

export const sessionKey = (key: string): string => `session:${key}`;
