import { insertRecordingSchema } from './insert-recording.schema.js';

const mediaFile = {
  mediaId: 'call.mp3',
  type: 'audio/mp3',
  mediaDescriptor: { storage: 'webDAV', path: 'http://storage/call.mp3' },
};
const recording = { id: 'recording-1', mediaFiles: [mediaFile] };

/** The path of the first thing that is wrong; undefined when nothing is. */
function wrongField(body: unknown): string | undefined {
  return insertRecordingSchema.safeParse(body).error?.issues[0]?.path.join('.');
}
const withFile = (changes: object) => ({ ...recording, mediaFiles: [{ ...mediaFile, ...changes }] });
const parsedFile = (changes: object) => insertRecordingSchema.parse(withFile(changes)).mediaFiles[0]!;

describe('the body of an insertion', () => {
  it('needs no more than an id and a media file with a place', () => {
    expect(insertRecordingSchema.parse(recording)).toEqual(recording);
  });

  it('ends no earlier than it begins, whatever the zones of its times are', () => {
    const [eight, nine] = ['2026-11-21T08:00:00.000+0000', '2026-11-21T09:00:00.000+0000'];
    expect(wrongField({ ...recording, startTime: eight, stopTime: eight })).toBeUndefined();
    expect(wrongField({ ...recording, startTime: eight, stopTime: '2026-11-21T09:30:00.000+0100' })).toBeUndefined();
    expect(wrongField({ ...recording, startTime: nine, stopTime: eight })).toBe('stopTime');
    expect(wrongField({ ...recording, startTime: eight, stopTime: '2026-11-21T08:30:00.000+0100' })).toBe('stopTime');
    expect(wrongField(withFile({ startTime: nine, stopTime: eight }))).toBe('mediaFiles.0.stopTime');
    expect(wrongField({ ...recording, stopTime: eight })).toBeUndefined();
  });

  it.each(['2026-13-01T08:00:00.000+0000', '2026-11-21T25:00:00.000+0000'])('has no time such as %s', startTime => {
    expect(wrongField({ ...recording, startTime })).toBe('startTime');
  });

  it('keeps what it does not know, at every level', () => {
    const body = {
      ...withFile({ masks: [{ from: 1 }], mediaDescriptor: { ...mediaFile.mediaDescriptor, checksum: 'x' } }),
      accessgroups: ['/Anthony'],
    };
    expect(insertRecordingSchema.parse(body)).toEqual(body);
  });

  it.each([null, undefined, 'text', 7, [], {}, { id: 'a' }, { mediaFiles: [mediaFile] }])('is not %j', body => {
    expect(insertRecordingSchema.safeParse(body).success).toBe(false);
  });

  it.each(['a', '01QF5EJ1H8CG9F0QBB8VI2LAES00000A', '1.2_3-4', 'x'.repeat(128)])('may have the id %s', id => {
    expect(wrongField({ ...recording, id })).toBeUndefined();
  });

  it.each(['', '.', '..', '-a', '_a', 'a/b', 'a b', 'a?b', 'a%2fb', 'a\n', 'ä', 'x'.repeat(129), 7, null])(
    'may not have the id %j',
    id => {
      expect(wrongField({ ...recording, id })).toBe('id');
    },
  );

  it.each(['call.mp3', '01QF_2026-03-02_09-15-30.bin', 'naïve ключ €.mp3', 'call (1).mp3', '😀.mp3'])(
    'may have the media id %s',
    mediaId => {
      expect(wrongField(withFile({ mediaId }))).toBeUndefined();
    },
  );

  it.each(['', 'a/b', '/etc/passwd', 'a\\b', 'a\u0000', 'a\r\nb', 'a\u007f', '\ud800', 'a\udc00.mp3', 'x'.repeat(256)])(
    'may not have the media id %j',
    mediaId => {
      expect(wrongField(withFile({ mediaId }))).toBe('mediaFiles.0.mediaId');
    },
  );

  it.each(['audio/webm;codecs=opus', 'video/mp4; codecs="avc1.64001f, mp4a.40.2"', 'audio/mpeg; charset=binary'])(
    'may have the media type %s',
    type => {
      expect(parsedFile({ type })).toMatchObject({ type });
    },
  );

  it.each(['audio', 'audio/mp3; a', 'audio/mp3\r\nx: y', '', 'a/b/c', 7])('may not have the media type %j', type => {
    expect(wrongField(withFile({ type }))).toBe('mediaFiles.0.type');
  });

  it.each(['2026-03-02T09:15:30.250+0000', '2026-03-02T09:15:30Z', '2026-03-02T09:15:30.1-05:30'])(
    'may have the time %s, kept as it came',
    startTime => {
      expect(insertRecordingSchema.parse({ ...recording, startTime }).startTime).toBe(startTime);
    },
  );

  it.each(['2026-03-02', '2026-03-02T09:15:30', '2026-03-02 09:15:30Z', 'now', '', 1_772_442_930])(
    'may not have the time %j',
    startTime => {
      expect(wrongField({ ...recording, startTime })).toBe('startTime');
    },
  );

  it('takes durations and sizes as texts or numbers, and keeps texts', () => {
    expect(parsedFile({ duration: 60_000, size: '240044' })).toMatchObject({ duration: '60000', size: '240044' });
    for (const duration of [-1, 1.5, '1.5', '-1', '1e3', '', '9'.repeat(16), null])
      expect(wrongField(withFile({ duration }))).toBe('mediaFiles.0.duration');
  });

  it('takes one certificate alias or a list', () => {
    expect(parsedFile({ certAlias: 'a' }).certAlias).toEqual(['a']);
    expect(parsedFile({ certAlias: ['a', 'b'] }).certAlias).toEqual(['a', 'b']);
  });

  it.each([
    {},
    { storage: 'webDAV' },
    { path: 'a' },
    { storage: '', path: 'a' },
    { storage: 'a', path: '' },
    'a',
    null,
  ])('may not have the media descriptor %j', mediaDescriptor => {
    expect(wrongField(withFile({ mediaDescriptor }))).toMatch(/^mediaFiles\.0\.mediaDescriptor/);
  });

  it.each([[[]], [Array.from({ length: 101 }, () => mediaFile)], [mediaFile], [null]])(
    'has 1 to 100 media files (%#)',
    mediaFiles => {
      expect(wrongField({ ...recording, mediaFiles })).toBe('mediaFiles');
    },
  );

  describe('with an envelope', () => {
    it('takes base64 with line ends, as openssl writes it, and drops them', () => {
      expect(parsedFile({ pkcs7: 'MIIB\r\nvgYJ\nKoZI\n hvcN==\n' }).pkcs7).toBe('MIIBvgYJKoZIhvcN==');
    });

    it.each(['', ' ', '====', 'MII!', 'MII=B', 'MIIB===', '-----BEGIN PKCS7-----', 'MIIB_-', 7, null])(
      'does not take %j',
      pkcs7 => {
        expect(wrongField(withFile({ pkcs7 }))).toBe('mediaFiles.0.pkcs7');
      },
    );

    it('refuses a megabyte of blanks with a wrong end in one pass', () => {
      expect(wrongField(withFile({ pkcs7: `M${' '.repeat(1_000_000)}!` }))).toBe('mediaFiles.0.pkcs7');
    });

    it('refuses one that is longer than any envelope', () => {
      expect(wrongField(withFile({ pkcs7: 'A'.repeat(2_000_001) }))).toBe('mediaFiles.0.pkcs7');
    });
  });
});
