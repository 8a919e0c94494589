import type { ArchiveManifest } from '#archive';
import { GatewayAnswerError } from '../gateway-client/gateway-client.js';
import { oneByOne, refusedInsertion } from './one-by-one.js';

const sha256 = '0'.repeat(64);
/** Two recordings, of which the second lacks a media file, and one without media. */
const files = [
  { path: 'cc/t/day/R1/a.bin', recording: 'R1', mediaFile: 'a' },
  { path: 'cc/t/day/R1/recording.json', recording: 'R1' },
  { path: 'cc/t/day/R1/audit-proofs.json' },
  { path: 'cc/t/day/R2/a.bin', recording: 'R2', mediaFile: 'a' },
  { path: 'cc/t/day/R2/recording.json', recording: 'R2' },
  { path: 'cc/t/day/R3/recording.json', recording: 'R3' },
];
const leftOut = [{ recording: 'R2', mediaFile: 'b', code: 'plain', reason: 'it is not encrypted' }];
const manifest = {
  members: files.map(file => ({ ...file, length: 1, sha256 })),
  leftOut,
} as unknown as ArchiveManifest;
const members = files.map(({ path: name }) => ({ name, length: 1 }));

async function outcomes(incomplete: boolean, signal = new AbortController().signal) {
  const found: object[] = [];
  const take = ({ document }: { document: { name: string } }, without: object) =>
    Promise.resolve({ outcome: document.name, ...without });
  for await (const outcome of oneByOne({ manifest, members }, { incomplete, signal }, take)) found.push(outcome);
  return found;
}

describe(oneByOne.name, () => {
  it('takes what is whole, and says of the rest what is missing', async () => {
    expect(await outcomes(false)).toEqual([
      { recording: 'R1', outcome: 'cc/t/day/R1/recording.json' },
      { recording: 'R2', outcome: 'incomplete', detail: 'without b' },
      { recording: 'R3', outcome: 'incomplete' },
    ]);
  });

  it('takes what lacks some media where that is wished, and nothing that lacks all', async () => {
    expect((await outcomes(true)).slice(1)).toEqual([
      { recording: 'R2', outcome: 'cc/t/day/R2/recording.json', detail: 'without b' },
      { recording: 'R3', outcome: 'incomplete' },
    ]);
  });

  it('ends when it is told to', async () => {
    await expect(outcomes(true, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

describe(refusedInsertion.name, () => {
  const insertion = (error?: Error) =>
    refusedInsertion(
      { insertRecording: () => (error === undefined ? Promise.resolve() : Promise.reject(error)) } as never,
      'cc-1',
      {},
    );

  it('tells what is taken from what is refused, and neither from a gateway that is away', async () => {
    expect(await insertion()).toBeUndefined();
    expect(await insertion(new GatewayAnswerError(409, 'there is one'))).toMatchObject({ outcome: 'taken' });
    expect(await insertion(new GatewayAnswerError(422, 'changed'))).toMatchObject({ outcome: 'refused' });
    await expect(insertion(new GatewayAnswerError(503, 'busy'))).rejects.toThrow('busy');
  });
});
