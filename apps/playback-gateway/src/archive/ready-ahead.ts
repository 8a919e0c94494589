import type { ZipMember } from '#archive';

/** Bytes that are ready, or being written, while another member is made ready: some milliseconds of a fast receiver. */
const aheadBytes = 4 * 1024 * 1024;
/** Each may keep a connection to a worker, and one of that to a storage. */
const aheadMembers = 4;

/** A member that holds something until its content was read. */
export interface ReadyMember extends ZipMember {
  /** When nobody wants the content, or no more of it. */
  readonly giveUp?: () => void;
}

/** Waits until every member that was made before this one has been written. */
export type Turn = () => Promise<void>;

/**
 * The same members in the same order, the next ones made ready while those before them are written. A member is not asked for
 * before what is written comes to its end: a slow receiver keeps no connection waiting that others need.
 * @param make gives each member when it is asked for; what must not wait once it was begun waits for its turn before
 */
export async function* readyAhead(make: (turn: Turn) => AsyncIterable<ReadyMember>): AsyncGenerator<ReadyMember> {
  const ahead = new MembersAhead(make);
  try {
    for (let next = await ahead.next(); next !== undefined; next = await ahead.next()) yield next;
  } finally {
    ahead.giveUp();
  }
}

const nobodyListens = (): void => undefined;

class MembersAhead {
  private readonly source: AsyncGenerator<ReadyMember>;
  private readonly asked: Promise<IteratorResult<ReadyMember>>[] = [];
  private readonly waiting: (() => void)[] = [];
  private current: ReadyMember | undefined;
  /** Of members that are ready, and of the one that is being written: what has not gone yet. */
  private bytes = 0;
  private made = 0;
  private written = 0;
  private isAsking = false;
  private isOver = false;

  constructor(make: (turn: Turn) => AsyncIterable<ReadyMember>) {
    this.source = this.counted(make(() => this.turn()));
  }

  /** When the one before was written. @throws what the member fails with */
  async next(): Promise<ReadyMember | undefined> {
    if (this.current !== undefined) this.written++;
    this.current = undefined;
    if (this.asked.length === 0) this.ask();
    this.wakeUp();
    const result = await this.asked.shift();
    if (result === undefined || result.done === true) return undefined;
    const { content, ...member } = result.value;
    this.current = result.value;
    this.askAhead();
    return { ...member, content: () => this.noted(content()) };
  }

  /** Of what nobody asks for any more, also of what is being made ready at the moment. */
  giveUp(): void {
    this.isOver = true;
    this.current?.giveUp?.();
    this.wakeUp();
    for (const each of this.asked.splice(0))
      each.then(result => {
        if (result.done !== true) result.value.giveUp?.();
      }, nobodyListens);
    this.source.return(undefined).catch(nobodyListens);
  }

  private turn(): Promise<void> {
    if (this.isOver || this.made === this.written) return Promise.resolve();
    return new Promise(resolve => this.waiting.push(resolve));
  }

  private wakeUp(): void {
    if (this.isOver || this.made === this.written) for (const wake of this.waiting.splice(0)) wake();
  }

  private askAhead(): void {
    if (this.isAsking || this.isOver) return;
    if (this.asked.length < aheadMembers && this.bytes < aheadBytes) this.ask();
  }

  private ask(): void {
    const next = this.source.next();
    this.asked.push(next);
    this.isAsking = true;
    // Whoever asks for it hears of a failure; nothing comes behind one, nor behind the end.
    next.then(({ done }) => {
      if (done === true) return;
      this.isAsking = false;
      this.askAhead();
    }, nobodyListens);
  }

  private async *counted(members: AsyncIterable<ReadyMember>): AsyncGenerator<ReadyMember> {
    for await (const member of members) {
      this.made++;
      this.bytes += member.length;
      yield member;
    }
  }

  private async *noted(content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      this.bytes -= chunk.length;
      this.askAhead();
      yield chunk;
    }
  }
}
