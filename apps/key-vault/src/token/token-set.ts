import {
  likeliestFirst,
  TokenError,
  type CertificateToStore,
  type HostedToken,
  type KeyFilter,
  type KeyPairImport,
  type KeyPairRequest,
  type KeyRemoval,
  type KeySelector,
  type PresentKey,
  type SignatureHash,
  type TokenKey,
  type TokenNote,
  type UnwrapOptions,
} from '#pkcs11';
import { firstAnswer } from './first-answer.js';

/** A token and the part it plays among several. */
export interface TokenMember {
  /** As metrics, logs and reports name it. */
  readonly name: string;
  readonly token: HostedToken;
  /** Whether new keys go there. */
  readonly newKeys: boolean;
}

/**
 * Several tokens as one: a key found in any of them works, and one that is away does not stop the others. New keys go
 * to every token that takes them, but one that is made inside a token is there alone.
 */
export class TokenSet {
  private turn = 0;
  /** How many keys are being made in a token: it does nothing else that changes or reads its keys meanwhile. */
  private readonly making = new Map<HostedToken, number>();
  private joined:
    { readonly parts: readonly (readonly TokenNote[])[]; readonly notes: readonly TokenNote[] } | undefined;

  constructor(readonly members: readonly [TokenMember, ...TokenMember[]]) {}

  /** All keys that are known now, each once, wherever it is. */
  get keys(): readonly TokenKey[] {
    if (this.members.length === 1) return this.members[0].token.keys;
    const keys = new Map<string, TokenKey>();
    for (const { token } of this.members) {
      for (const key of token.keys) {
        const name = `${key.id.toString('hex')} ${key.label}`;
        const known = keys.get(name);
        if (known?.certificate === undefined) keys.set(name, key);
      }
    }
    return [...keys.values()];
  }

  /** What is written down in any of the tokens; the same list until one of them was read again. */
  get notes(): readonly TokenNote[] {
    if (this.members.length === 1) return this.members[0].token.notes;
    const parts = this.members.map(({ token }) => token.notes);
    if (this.joined?.parts.every((part, index) => part === parts[index]) !== true) {
      this.joined = { parts, notes: parts.flat() };
    }
    return this.joined.notes;
  }

  /** All keys that bear the name a recipient gives, the likeliest first, as far as they are known without asking a token. */
  knownKeys(selector: KeySelector): readonly TokenKey[] {
    if (this.members.length === 1) return this.members[0].token.knownKeys(selector);
    return likeliestFirst(
      selector,
      this.members.flatMap(({ token }) => token.knownKeys(selector)),
    );
  }

  /** Those of them that the caller wants; the tokens are read again where none is known. @throws TokenError */
  async findKeys(selector: KeySelector, isWanted: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    const known = this.knownKeys(selector).filter(isWanted);
    if (known.length > 0) return known;
    return likeliestFirst(selector, await this.allFound(token => token.findKeys(selector, isWanted, signal)));
  }

  /** As `findKeys`, for names that only the caller understands. @throws TokenError */
  async findKeysWhere(matches: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    const known = this.keys.filter(matches);
    return known.length > 0 ? known : this.allFound(token => token.findKeysWhere(matches, signal));
  }

  /** In any token that holds the key: in turn, and in another when one cannot. @throws TokenError of the last one */
  unwrapSessionKey(key: PresentKey, options: UnwrapOptions): Promise<Buffer> {
    return this.inAnyHolder(key, token => token.unwrapSessionKey(key, options));
  }

  /** @throws TokenError */
  sign(key: PresentKey, hash: SignatureHash, data: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.inAnyHolder(key, token => token.sign(key, hash, data, signal));
  }

  /** Into every token for new keys that is there. @throws TokenError when none took it */
  async importKeyPair(pair: KeyPairImport, signal: AbortSignal): Promise<{ key: TokenKey; created: boolean }> {
    const imported = await this.inAll(this.forNewKeys(), token => token.importKeyPair(pair, signal));
    return { key: imported[0].key, created: imported.some(({ created }) => created) };
  }

  /** In the first token for new keys that is there. @throws TokenError */
  async generateKeyPair(request: KeyPairRequest, signal: AbortSignal): Promise<TokenKey> {
    const members = this.forNewKeys();
    const { token } = members.find(member => member.token.state.kind === 'open') ?? members[0];
    this.making.set(token, (this.making.get(token) ?? 0) + 1);
    try {
      return await token.generateKeyPair(request, signal);
    } finally {
      const others = (this.making.get(token) ?? 1) - 1;
      if (others === 0) this.making.delete(token);
      else this.making.set(token, others);
    }
  }

  /** Beside the key in every token that holds it. @throws TokenError */
  async addCertificate(certificate: CertificateToStore, signal: AbortSignal): Promise<TokenKey> {
    const holders = this.holders({ id: certificate.keyIdentifier });
    return (await this.inAll(holders, token => token.addCertificate(certificate, signal)))[0];
  }

  /**
   * From every token that holds it.
   * @returns whether the private key was destroyed.
   * @throws TokenError unavailable while any token is away: the key might live on in it.
   */
  async removeKey(removal: KeyRemoval, signal: AbortSignal): Promise<boolean> {
    this.requireAll('a key is removed');
    const destroyed: boolean[] = [];
    for (const { token } of this.bearers(removal)) destroyed.push(await token.removeKey(removal, signal));
    return destroyed.every(Boolean);
  }

  /**
   * In every token, whether it holds the key that the note is about or may get it later.
   * @throws TokenError unavailable while any token is away: what is written down would not hold there.
   */
  async writeNote(note: TokenNote, signal: AbortSignal): Promise<void> {
    this.requireAll('a note is written');
    for (const { token } of this.members) await token.writeNote(note, signal);
  }

  /** @throws TokenError unavailable while any token is away */
  async removeNote(name: string, signal: AbortSignal): Promise<void> {
    this.requireAll('a note is removed');
    for (const { token } of this.members) await token.removeNote(name, signal);
  }

  /** Reads the notes of those tokens again that are there. @throws TokenError when one of them cannot be read */
  async refreshNotes(signal: AbortSignal): Promise<void> {
    const present = this.members.filter(({ token }) => token.state.kind === 'open');
    await Promise.all(present.map(({ token }) => token.refreshNotes(signal)));
  }

  /** Reads all keys of all tokens again. @throws TokenError when no token can be read */
  async refreshKeys(signal: AbortSignal): Promise<void> {
    await this.inAll(this.members, token => token.refreshKeys(signal));
  }

  /**
   * The same, but for tokens in which a key is being made, which takes seconds: what is known of their keys is what was there
   * when that began, and nothing of this process changes it before that ends.
   */
  async refreshKeysAtRest(signal: AbortSignal): Promise<void> {
    const [first, ...others] = this.members.filter(({ token }) => !this.making.has(token));
    if (first !== undefined) await this.inAll([first, ...others], token => token.refreshKeys(signal));
  }

  /** Resolves when no call runs in any token any more. */
  async close(): Promise<void> {
    this.members.forEach(({ token }) => token.close());
    await Promise.all(this.members.map(({ token }) => token.closed));
  }

  private requireAll(what: string): void {
    const away = this.members.find(({ token }) => token.state.kind !== 'open');
    if (away === undefined) return;
    const message = `the token ${away.name} is not available: ${what} in all tokens or in none`;
    throw new TokenError('unavailable', message, { retryAfterMs: 1000 });
  }

  private forNewKeys(): readonly [TokenMember, ...TokenMember[]] {
    const [first, ...others] = this.members.filter(({ newKeys }) => newKeys);
    if (first === undefined) throw new TokenError('refused', 'no token takes new keys: set newKeys for one of them');
    return [first, ...others];
  }

  /** Those that are known to hold the key; all of them where none is known to, so that each can say so itself. */
  private holders(key: PresentKey): readonly [TokenMember, ...TokenMember[]] {
    if (this.members.length === 1) return this.members;
    const [first, ...others] = this.members.filter(({ token }) => token.holds(key));
    return first === undefined ? this.members : [first, ...others];
  }

  /** Those that hold it under one of these labels: another owner's may lie in another token. */
  private bearers({ id, labels }: KeyRemoval): readonly TokenMember[] {
    const bearers = this.members.filter(({ token }) =>
      token.keys.some(key => labels.includes(key.label) && key.id.equals(id)),
    );
    return bearers.length === 0 ? this.members : bearers;
  }

  private inAnyHolder<T>(key: PresentKey, work: (token: HostedToken) => Promise<T>): Promise<T> {
    const holders = this.holders(key);
    return holders.length === 1 ? work(holders[0].token) : this.inTurn(holders, work);
  }

  /**
   * What one holder cannot do, or does wrong in whatever way, another may do: it is another device, of another make even.
   * One that has not answered for a moment comes last: it may stand.
   */
  private async inTurn<T>(holders: readonly TokenMember[], work: (token: HostedToken) => Promise<T>): Promise<T> {
    const first = this.turn++ % holders.length;
    const inOrder = [...holders.slice(first), ...holders.slice(0, first)];
    const [answering, silent] = [true, false].map(answers => inOrder.filter(({ token }) => token.answers === answers));
    const attempts = [...(answering ?? []), ...(silent ?? [])].map(
      ({ token }) =>
        () =>
          work(token),
    );
    const answer = await firstAnswer(attempts, mayDoElsewhere);
    if ('value' in answer) return answer.value;
    throw mostSpecificFailure(answer.failures);
  }

  /** A key that no token knows is not known to be missing while one of them cannot be asked. */
  private async allFound(find: (token: HostedToken) => Promise<readonly TokenKey[]>): Promise<readonly TokenKey[]> {
    const { results, failures } = await this.ask(this.members, find);
    const found = results.flat();
    if (found.length === 0 && failures.length > 0) throw mostSpecificFailure(failures);
    return found;
  }

  /** The results of those that could; at least one. */
  private async inAll<T>(
    members: readonly TokenMember[],
    work: (token: HostedToken) => Promise<T>,
  ): Promise<[T, ...T[]]> {
    const { results, failures } = await this.ask(members, work);
    if (results.length === 0) throw mostSpecificFailure(failures);
    return results as [T, ...T[]];
  }

  private async ask<T>(
    members: readonly TokenMember[],
    work: (token: HostedToken) => Promise<T>,
  ): Promise<{ results: T[]; failures: unknown[] }> {
    const results: T[] = [];
    const failures: unknown[] = [];
    for (const outcome of await Promise.allSettled(members.map(({ token }) => work(token)))) {
      if (outcome.status === 'fulfilled') results.push(outcome.value);
      else if (isRetryableElsewhere(outcome.reason)) failures.push(outcome.reason);
      else throw outcome.reason;
    }
    return { results, failures };
  }
}

const elsewhere = ['unavailable', 'busy', 'pin', 'not-found'];

const mayDoElsewhere = (error: unknown): boolean => error instanceof TokenError && error.failure !== 'refused';

const isRetryableElsewhere = (error: unknown): boolean =>
  error instanceof TokenError && elsewhere.includes(error.failure);

/** What passes by itself first; that a token is away says more than that another does not hold the key. */
const mostSpecificFailure = (failures: readonly unknown[]): unknown =>
  failures.find(isRetryableElsewhereAndHeld) ??
  failures.find(error => error instanceof TokenError && error.failure !== 'not-found') ??
  failures[0];

const isRetryableElsewhereAndHeld = (error: unknown): boolean =>
  isRetryableElsewhere(error) && (error as TokenError).failure !== 'not-found';
