import { ownersOf } from './recording-owners.js';
import type { JsonObject, MediaFile, Recording } from './recording.js';

const mediaFile = (parameters?: JsonObject): MediaFile => ({
  mediaId: 'call.mp3',
  leaf: 'leaf.mp3',
  type: 'audio/mp3',
  mediaDescriptor: { storage: 'webDAV', path: 'call.mp3' },
  ...(parameters === undefined ? {} : { parameters }),
});

function recording(changes: Partial<Recording> = {}): Recording {
  return { id: 'r', contactCenter: 'cc-1', region: 'default', mediaFiles: [mediaFile()], ...changes };
}

describe(ownersOf.name, () => {
  it('finds none in a recording that says nothing', () => {
    expect(ownersOf(recording())).toEqual({ agents: [], partitions: [] });
  });

  it('finds agents and partitions in the parameters of every media file', () => {
    const mediaFiles = [
      mediaFile({ agentId: 'John', GRECORD_PARTITIONS: '/sales' }),
      mediaFile({ agentId: 'Paul', GRECORD_PARTITIONS: '/support' }),
      mediaFile({ agentId: 'John' }),
    ];
    expect(ownersOf(recording({ mediaFiles }))).toEqual({
      agents: ['John', 'Paul'],
      partitions: ['/sales', '/support'],
    });
  });

  it('finds them in the event history and in further fields, at the depths where releases put them', () => {
    const eventHistory: JsonObject[] = [
      { event: 'Joined', contact: { userName: 'John' } },
      { data: { added: { GRECORD_PARTITIONS: '/sales' } } },
      { contacts: [{ userName: 'Paul' }] },
    ];
    const owners = ownersOf(recording({ eventHistory, additional: { callData: { agentId: 'George' } } }));
    expect(owners).toEqual({ agents: ['John', 'Paul', 'George'], partitions: ['/sales'] });
  });

  it.each([
    ['/sales,/support', ['/sales', '/support']],
    [' /sales , /support ', ['/sales', '/support']],
    ['/sales,,/sales,', ['/sales']],
    ['/Company A/North', ['/Company A/North']],
    ['', []],
    [' , ', []],
  ])('splits the partitions %p', (value, partitions) => {
    expect(ownersOf(recording({ mediaFiles: [mediaFile({ GRECORD_PARTITIONS: value })] })).partitions).toEqual(
      partitions,
    );
  });

  it.each<JsonObject>([
    { agentId: '' },
    { agentId: 7 },
    { agentId: null },
    { agentid: 'John' },
    { agent: 'John' },
    { dnis: 'agentId' },
    { GRECORD_PARTITIONS: 7 },
    { GRECORD_PARTITIONS: null },
    { grecord_partitions: '/sales' },
  ])('finds no owner in %j', parameters => {
    expect(ownersOf(recording({ mediaFiles: [mediaFile(parameters)] }))).toEqual({ agents: [], partitions: [] });
  });

  it('does not follow data deeper than any release writes it', () => {
    let deep: JsonObject = { agentId: 'John' };
    for (let depth = 0; depth < 1000; depth++) deep = { inner: deep };
    expect(ownersOf(recording({ eventHistory: [deep] })).agents).toEqual([]);
  });
});
