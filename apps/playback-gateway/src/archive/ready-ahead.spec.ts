import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { readyAhead, type ReadyMember, type Turn } from './ready-ahead.js';

const MiB = 1024 * 1024;
/** So many turns of the loop are enough for whatever is going to happen. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await turnOfLoop();
};

interface Scene {
  readonly made: string[];
  readonly given: string[];
  readonly members: AsyncGenerator<ReadyMember>;
}

/** Members of these lengths, called 0, 1 and so on; `inTurn` waits for its turn, `fails` cannot be made. */
function scene(lengths: readonly number[], inTurn?: number, fails?: number): Scene {
  const made: string[] = [];
  const given: string[] = [];
  async function* make(turn: Turn): AsyncGenerator<ReadyMember> {
    for (const [index, length] of lengths.entries()) {
      if (index === inTurn) await turn();
      if (index === fails) throw new Error('cannot be made');
      const name = String(index);
      made.push(name);
      yield {
        name,
        length,
        modified: new Date(0),
        content: () => pieces(length),
        giveUp: () => given.push(name),
      };
    }
  }
  return { made, given, members: readyAhead(make) };
}

function* pieces(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= MiB) yield Buffer.alloc(Math.min(left, MiB));
}

async function taken(members: AsyncGenerator<ReadyMember>): Promise<ReadyMember> {
  const next = await members.next();
  if (next.done === true) throw new Error('there is no other member');
  return next.value;
}

async function written(member: ReadyMember): Promise<number> {
  let length = 0;
  for await (const chunk of member.content()) length += chunk.length;
  return length;
}

describe(readyAhead.name, () => {
  it('gives every member in its order, with all of its content', async () => {
    const lengths = [10, 7 * MiB, 0, 3, 9 * MiB];
    const { members } = scene(lengths);
    const found: [string, number][] = [];
    for await (const member of members) found.push([member.name, await written(member)]);
    expect(found).toEqual(lengths.map((length, index) => [String(index), length]));
  });

  it('makes the next one ready when the end of a long one is near, and not before', async () => {
    const { made, members } = scene([20 * MiB, 20 * MiB, 20 * MiB]);
    const content = (await taken(members)).content() as AsyncGenerator<Buffer>;
    await settled();
    expect(made).toEqual(['0']);
    for (let piece = 0; piece < 16; piece++) await content.next();
    await settled();
    expect(made).toEqual(['0']);
    await content.next();
    await settled();
    expect(made).toEqual(['0', '1']);
  });

  it('makes a few short ones ready, however many there are', async () => {
    const { made, members } = scene(Array.from({ length: 50 }, () => 100));
    await taken(members);
    await settled();
    expect(made).toEqual(['0', '1', '2', '3', '4']);
  });

  it('lets one wait for its turn: until all before it are written', async () => {
    const { made, members } = scene([100, 100, 100, 100], 2);
    const first = await taken(members);
    await written(first);
    await settled();
    expect(made).toEqual(['0', '1']);
    await written(await taken(members));
    await settled();
    expect(made).toEqual(['0', '1']);
    expect((await taken(members)).name).toBe('2');
  });

  it('says that one cannot be made when it is its turn, and not before', async () => {
    const { members } = scene([100, 100, 100], undefined, 2);
    for (const name of ['0', '1']) {
      const member = await taken(members);
      await settled();
      expect([member.name, await written(member)]).toEqual([name, 100]);
    }
    await expect(members.next()).rejects.toThrow('cannot be made');
  });

  it('gives up what was made ready, and the one that is being written, when nobody wants more', async () => {
    const { made, given, members } = scene(Array.from({ length: 50 }, () => 100));
    await taken(members);
    await settled();
    await members.return(undefined);
    await settled();
    expect(given.toSorted()).toEqual(made.toSorted());
  });

  it('holds nobody who waits for a turn when nobody wants more', async () => {
    const { given, made, members } = scene([100, 100, 100], 1);
    await taken(members);
    await settled();
    await members.return(undefined);
    await settled();
    expect([made, given]).toEqual([
      ['0', '1'],
      ['0', '1'],
    ]);
  });
});
