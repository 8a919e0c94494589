import fc from 'fast-check';
import { RequestAbort } from '../host/request-abort.js';
import { SessionPool, type Lane, type SessionUse } from './session-pool.js';
import type { TokenSession } from './token-session.js';

const longestLine = 3;

interface Holder {
  readonly number: number;
  readonly use: SessionUse;
  readonly session: TokenSession;
}

interface Asker {
  readonly number: number;
  readonly lane: Lane;
  readonly use: SessionUse;
  readonly signal: RequestAbort;
}

/** A pool, and what has to be true of who has its sessions. */
class Watched {
  readonly holders: Holder[] = [];
  readonly askers: Asker[] = [];
  readonly open = new Set<TokenSession>();
  private readonly unusable = new Set<TokenSession>();
  private readonly failures: unknown[] = [];
  private lineLength = 1;
  private asked = 0;
  private readonly pool: SessionPool;

  constructor(private readonly size: number) {
    this.pool = new SessionPool({
      size,
      queueLimit: 50,
      lineLength: () => this.lineLength,
      openSession: () => this.openSession(),
      closeSession: session => this.closeSession(session),
    });
  }

  setLineLength(length: number): void {
    this.lineLength = length;
  }

  ask(lane: Lane, use: SessionUse): void {
    const asker = { number: this.asked++, lane, use, signal: new RequestAbort() };
    this.askers.push(asker);
    void Promise.resolve(this.pool.lease(lane, asker.signal, use)).then(
      session => this.attempt(() => this.given(asker, session)),
      () => this.forget(asker),
    );
  }

  giveBack(which: number, usable: boolean): void {
    const [holder] = this.holders.splice(which % this.holders.length, 1);
    if (holder === undefined) return;
    if (!usable) this.unusable.add(holder.session);
    this.pool.release(holder.session, usable);
  }

  giveUp(which: number): void {
    this.askers[which % this.askers.length]?.signal.abort();
  }

  /** Who could be served is served, and what was given was right. */
  check(): void {
    expect(this.failures).toEqual([]);
    expect(this.open.size).toBeLessThanOrEqual(this.size);
    const [first] = [...this.askers].sort(inTurn);
    if (first === undefined) return;
    const shared = new Set(this.holders.map(({ session }) => session));
    expect(shared.size).toBe(this.size);
    if (first.use === 'alone') return;
    for (const session of shared) {
      const others = this.holders.filter(holder => holder.session === session);
      const isFull = others.length >= this.lineLength || others.some(({ use }) => use === 'alone');
      expect(isFull || this.unusable.has(session)).toBe(true);
    }
  }

  private given(asker: Asker, session: TokenSession): void {
    this.forget(asker);
    expect(this.askers.filter(other => inTurn(other, asker) < 0 && other.lane === asker.lane)).toEqual([]);
    expect(this.open.has(session) && !this.unusable.has(session)).toBe(true);
    const others = this.holders.filter(holder => holder.session === session);
    if (asker.use === 'alone') expect(others).toEqual([]);
    else expect(others.every(({ use }) => use === 'in line')).toBe(true);
    expect(others.length).toBeLessThan(Math.max(1, this.lineLength));
    this.holders.push({ number: asker.number, use: asker.use, session });
  }

  private attempt(given: () => void): void {
    try {
      given();
    } catch (error) {
      this.failures.push(error);
    }
  }

  private forget(asker: Asker): void {
    this.askers.splice(this.askers.indexOf(asker), 1);
  }

  private openSession(): TokenSession {
    const session = {} as TokenSession;
    this.open.add(session);
    return session;
  }

  private closeSession(session: TokenSession): void {
    expect(this.holders.some(holder => holder.session === session)).toBe(false);
    expect(this.open.delete(session)).toBe(true);
  }
}

/** First come, first served, playback before administration. */
function inTurn(left: Asker, right: Asker): number {
  if (left.lane !== right.lane) return left.lane === 'playback' ? -1 : 1;
  return left.number - right.number;
}

const act = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    lane: fc.constantFrom<Lane[]>('playback', 'playback', 'playback', 'administration'),
    use: fc.constantFrom<SessionUse[]>('in line', 'in line', 'alone'),
  }),
  fc.record({ kind: fc.constant('give back' as const), which: fc.nat(50), usable: fc.boolean() }),
  fc.record({ kind: fc.constant('give up' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('line' as const), length: fc.integer({ min: 1, max: longestLine }) }),
);

describe(SessionPool.name, () => {
  it('keeps sessions apart, serves in turn, and leaves nobody waiting, in any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(act, { maxLength: 60 }), async (size, acts) => {
        const watched = new Watched(size);
        for (const one of acts) {
          if (one.kind === 'ask') watched.ask(one.lane, one.use);
          else if (one.kind === 'give back') watched.giveBack(one.which, one.usable);
          else if (one.kind === 'give up') watched.giveUp(one.which);
          else watched.setLineLength(one.length);
          await new Promise(setImmediate);
          if (one.kind === 'give back' || one.kind === 'give up') watched.check();
        }
        while (watched.holders.length > 0) {
          watched.giveBack(0, true);
          await new Promise(setImmediate);
          watched.check();
        }
        watched.check();
        expect(watched.askers).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
