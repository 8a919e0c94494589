import { recordingDetails, type DetailOptions } from './recording-details.js';
import { wavDuration } from './wav-duration.js';

const now = new Date('2026-11-28T12:00:00Z');
const details = (options: DetailOptions, sideFile: unknown = {}, mediaDuration?: number) =>
  recordingDetails(options, sideFile, mediaDuration, now);

describe('what is known of a recording', () => {
  it('comes from options, then from the side file, then from the media', () => {
    const sideFile = {
      id: 'CALL1',
      callerPhoneNumber: '+491',
      dialedPhoneNumber: '+492',
      startTime: '2026-11-21T09:00:00+01:00',
      eventHistory: [{ event: 'Joined', contact: { userName: 'bob' } }],
      campaign: 'spring',
      mediaFile: { tenant: 'one', duration: 7000, parameters: { wave: 3, agentId: 'bob' } },
    };
    const options = { agent: ['carol'], partition: ['/a', '/b'], caller: '+493', ivrProfile: 'record' };
    expect(details(options, sideFile, 5000)).toEqual({
      id: 'CALL1',
      startTime: '2026-11-21T08:00:00.000+0000',
      recording: {
        callerPhoneNumber: '+493',
        dialedPhoneNumber: '+492',
        startTime: '2026-11-21T08:00:00.000+0000',
        stopTime: '2026-11-21T08:00:07.000+0000',
        eventHistory: sideFile.eventHistory,
        campaign: 'spring',
      },
      mediaFile: {
        tenant: 'one',
        duration: '7000',
        stopTime: '2026-11-21T08:00:07.000+0000',
        ivrprofile: 'record',
        parameters: { wave: 3, agentId: 'carol', GRECORD_PARTITIONS: '/a,/b' },
      },
    });
  });

  it('has the duration of the media, or of the times, and no more than is known', () => {
    expect(details({}, {}, 1500).mediaFile).toEqual({ duration: '1500', stopTime: '2026-11-28T12:00:01.500+0000' });
    const times = { start: '2026-11-21T08:00:00.000+0000', stop: '2026-11-21T08:01:00Z' };
    expect(details(times).mediaFile).toMatchObject({ duration: '60000' });
    expect(details({})).toEqual({
      startTime: '2026-11-28T12:00:00.000+0000',
      recording: { startTime: '2026-11-28T12:00:00.000+0000' },
      mediaFile: {},
    });
  });

  it.each<[string, DetailOptions, unknown, string]>([
    ['a start that is no time', { start: 'yesterday' }, {}, 'start'],
    ['a duration that is none', { duration: '1 h' }, {}, 'duration'],
    ['a list', {}, [], ''],
    ['media files', {}, { mediaFiles: [] }, 'mediaFiles'],
    ['an envelope', {}, { mediaFile: { pkcs7: 'AAAA' } }, 'mediaFile'],
  ])('refuses %s', (_, options, sideFile, field) => {
    expect(() => details(options, sideFile)).toThrow(field);
  });
});

describe(wavDuration.name, () => {
  const wav = (dataLength: number, ...before: Buffer[]): Buffer => {
    const format = Buffer.alloc(24);
    format.write('fmt ', 'latin1');
    format.writeUInt32LE(16, 4);
    format.writeUInt32LE(16_000, 16);
    const data = Buffer.alloc(8);
    data.write('data', 'latin1');
    data.writeUInt32LE(dataLength, 4);
    return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), format, ...before, data]);
  };
  const list = Buffer.concat([Buffer.from('LIST\x03\0\0\0', 'latin1'), Buffer.alloc(4)]);

  it.each([
    ['by the length of its samples', wav(32_000), 100_000, 2000],
    ['behind another chunk of odd length', wav(32_000, list), 100_000, 2000],
    ['of a recorder that was stopped', wav(0), 44 + 8000, 500],
    ['of a stream', wav(0xff_ff_ff_ff), 44 + 8000, 500],
  ])('knows it %s', (_, head, length, milliseconds) => {
    expect(wavDuration(head, length)).toBe(milliseconds);
  });

  it('knows nothing of other files', () => {
    for (const head of [Buffer.alloc(0), Buffer.from('ID3'), wav(100).subarray(0, 30)])
      expect(wavDuration(head, 1000)).toBeUndefined();
  });
});
