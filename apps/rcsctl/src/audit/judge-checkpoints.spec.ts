import { digestOfHeads, type CheckpointContent, type CheckpointHead } from '#grants';
import { judgeCheckpoints } from './judge-checkpoints.js';
import { FoundCheckpoints, type CheckpointSource } from './found-checkpoints.js';

interface Note {
  readonly content: CheckpointContent;
  readonly digest: string;
  readonly sources: ReadonlySet<CheckpointSource>;
}

const start = Date.parse('2026-03-02T09:00:00.000Z');
const minute = 60_000;

/** Makes the checkpoints of a store as gateways would. */
class Story {
  readonly notes: Note[] = [];
  private readonly heads = new Map<string, CheckpointHead>();

  /** @param namesWhatChanged also those with which a process begins. */
  constructor(private readonly namesWhatChanged = false) {}

  add(writer: string, state: CheckpointContent['state'], minutes: number, ...grown: readonly [string, number][]): this {
    for (const [name, size] of grown) {
      this.heads.set(name, { writer: name, size, hash: hex(`${name} ${size}`), root: hex(`root ${name} ${size}`) });
    }
    const all = [...this.heads.values()];
    const previous = this.notes.at(-1)?.digest;
    const number = this.notes.length + 1;
    const content: CheckpointContent = {
      writer,
      size: this.heads.get(writer)?.size ?? 0,
      root: '0'.repeat(64),
      number,
      state,
      time: new Date(start + minutes * minute).toISOString(),
      next: new Date(start + (minutes + 11) * minute).toISOString(),
      ...(previous === undefined ? {} : { previous }),
      writers: all.length,
      headsDigest: digestOfHeads(all),
      heads:
        state === 'opened' && !this.namesWhatChanged
          ? all
          : all.filter(head => grown.some(([name]) => name === head.writer)),
    };
    this.notes.push({ content, digest: hex(`note ${number}`), sources: new Set(['store', 'file']) });
    return this;
  }
}

const hex = (seed: string): string => Buffer.from(seed).toString('hex').padEnd(64, '0').slice(0, 64);

/** Two gateways; `a` is killed after minute 2, `b` ends at minute 30. */
const story = (): Note[] =>
  new Story()
    .add('a', 'opened', 0, ['rcsctl', 4])
    .add('a', 'running', 1, ['a', 5])
    .add('b', 'opened', 2)
    .add('a', 'running', 2, ['a', 9])
    .add('b', 'running', 10, ['b', 3])
    .add('b', 'running', 20, ['b', 8])
    .add('b', 'closed', 30, ['b', 9]).notes;

function foundOf(notes: readonly Note[]): FoundCheckpoints {
  const found = new FoundCheckpoints();
  for (const note of notes) {
    const noteHash = Buffer.from(note.digest, 'hex');
    for (const source of note.sources) if (!found.seenAgain(noteHash, source)) found.add(note, noteHash, source);
  }
  return found;
}

const judged = (notes: readonly Note[], minutes = 60) => judgeCheckpoints(foundOf(notes), start + minutes * minute);
const kinds = async (notes: readonly Note[], minutes = 60) =>
  (await judged(notes, minutes)).problems.map(({ number, kind }) => `${number} ${kind}`);
const without = (notes: Note[], ...numbers: number[]) =>
  notes.filter(({ content }) => !numbers.includes(content.number));
const changed = (notes: Note[], number: number, change: Partial<CheckpointContent>) =>
  notes.map(note => (note.content.number === number ? { ...note, content: { ...note.content, ...change } } : note));
const changedAll = (notes: Note[]) =>
  notes.map(note => ({ ...note, content: { ...note.content, previous: 'f'.repeat(64) } }));
const onlyIn = (notes: Note[], number: number, ...sources: CheckpointSource[]) =>
  notes.map(note => (note.content.number === number ? { ...note, sources: new Set(sources) } : note));

describe(judgeCheckpoints.name, () => {
  it('finds nothing wrong, and says who was killed and sealed', async () => {
    expect(await kinds(story())).toEqual([]);
    expect((await judged(story())).notices).toEqual([expect.stringMatching(/^a was killed after 2026-03-02T09:02/)]);
  });

  it('has records agree with every head of every checkpoint', () => {
    const vouched = [...foundOf(story()).vouched()].map(({ writer, sequence }) => `${writer} ${sequence}`);
    expect(vouched).toEqual(['rcsctl 3', 'a 4', 'rcsctl 3', 'a 4', 'a 8', 'b 2', 'b 7', 'b 8']);
  });

  it('knows all heads from those that name what changed, and finds one that leaves a change or a writer out', async () => {
    const story = new Story(true)
      .add('a', 'opened', 0, ['rcsctl', 4])
      .add('a', 'running', 1, ['a', 5])
      .add('b', 'opened', 2, ['a', 6])
      .add('c', 'opened', 3)
      .add('c', 'closed', 4, ['c', 2], ['b', 1])
      .add('b', 'closed', 5)
      .add('a', 'closed', 6).notes;
    expect(await kinds(story)).toEqual([]);
    expect(await kinds(changed(story, 3, { heads: [] }))).toEqual([
      '3 wrong-heads',
      ...[4, 5, 6, 7].map(n => `${n} wrong-heads`),
    ]);
    const [, c] = story[4]!.content.heads;
    expect(await kinds(changed(story, 5, { heads: [c!] }))).toContain('5 wrong-heads');
    // One that is gone says nothing any more; the next one that names all is judged again.
    expect(await kinds(without(story, 3))).toEqual(['4 missing', '5 wrong-heads', '6 wrong-heads', '7 wrong-heads']);
  });

  it('keeps a thousand problems and counts all', async () => {
    const lone = new Story();
    for (let count = 0; count < 1500; count++) lone.add(`w${count}`, 'closed', count);
    const { problems, problemCount } = await judged(changedAll(lone.notes), 2000);
    expect(problems).toHaveLength(1000);
    expect(problemCount).toBe(1500);
  });

  it('fails without any', async () => {
    expect(await kinds([])).toEqual(['0 none']);
  });

  it('finds those that are missing at the start or in the middle', async () => {
    expect(await kinds(without(story(), 1))).toContain('2 missing');
    expect(await kinds(without(story(), 4, 5))).toContain('6 missing');
  });

  it('finds an end that was cut off everywhere', async () => {
    expect(await kinds(without(story(), 7))).toEqual(['6 unsealed']);
    expect(await kinds(without(story(), 5, 6, 7))).toEqual(['3 unsealed', '4 unsealed']);
  });

  it('lets a process live until it has to say something, and not longer', async () => {
    const living = without(story(), 7);
    expect(await kinds(living, 31)).toEqual([]);
    expect(await kinds(living, 32)).toEqual(['6 unsealed']);
  });

  it('finds a process that lived and was silent for too long', async () => {
    const late = new Story().add('a', 'opened', 0).add('a', 'running', 12).add('a', 'closed', 13).notes;
    expect(await kinds(late)).toEqual(['2 late']);
  });

  it('lets a process that ended come back under its name at any time', async () => {
    const back = new Story().add('a', 'opened', 0).add('a', 'closed', 1).add('a', 'opened', 90).add('a', 'closed', 91);
    expect(await kinds(back.notes, 100)).toEqual([]);
  });

  it('finds one that continues another one than that before it', async () => {
    expect(await kinds(changed(story(), 3, { previous: 'f'.repeat(64) }))).toEqual(['3 broken-link']);
  });

  it('finds two of one number', async () => {
    const [first, second] = story();
    const rival = { ...second!, digest: 'e'.repeat(64) };
    expect(await kinds([first!, second!, rival, ...story().slice(2)])).toEqual(
      expect.arrayContaining([expect.stringMatching(/fork|broken-link/)]),
    );
  });

  it('finds one that leaves a change out', async () => {
    expect(await kinds(changed(story(), 4, { heads: [] }))).toEqual([
      '4 wrong-heads',
      '5 wrong-heads',
      '6 wrong-heads',
      '7 wrong-heads',
    ]);
  });

  it('finds one that the store or the file has no more', async () => {
    expect(await kinds(onlyIn(story(), 4, 'file'))).toEqual(['4 not-in-store']);
    expect(await kinds(onlyIn(story(), 4, 'store'))).toEqual(['4 not-in-file']);
    expect(await kinds(onlyIn(story(), 7, 'witness'))).toEqual(['7 not-in-store', '7 not-in-file']);
  });

  it('lets the newest of a process that lives be on its way to the file', async () => {
    expect(await kinds(onlyIn(without(story(), 7), 6, 'store'), 20.5)).toEqual([]);
    expect(await kinds(onlyIn(without(story(), 7), 6, 'store'), 21.5)).toEqual(['6 not-in-file']);
    expect(await kinds(onlyIn(story(), 7, 'store'), 30)).toEqual(['7 not-in-file']);
  });
});
