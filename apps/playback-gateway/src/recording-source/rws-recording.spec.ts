import { RcsError } from '#platform';
import { insertRecordingSchema } from '../recordings/insert-recording.schema.js';
import { readRwsRecording } from './rws-recording.js';

const id = '9Q6RCGSEQH0TT3SJ8BQ0NR0DTO00001A';
const leaf = '46284f2f-d615-4329-957a-f534edd5c1a2.mp3';
const url = 'https://rws.example:8090';
const asked = { id, contactCenterId: '46284f2f', url };

/** One media file as Interaction Recording Web Services answer it, with all the fields that they document. */
const mediaFile = {
  mediaUri: `${url}/api/v2/recordings/${id}/play/${leaf}`,
  mediaPath: `/recordings/${id}/play/${leaf}`,
  playPath: `/recordings/${id}/play/${leaf}`,
  startTime: '2013-11-28T15:51:48.000+0000',
  stopTime: '2013-11-28T15:51:58.000+0000',
  callUUID: id,
  mediaId: `${id}_2013-11-28_15-51-48-00CD01E1-100C6D2E-00000001.mp3`,
  type: 'audio/mp3',
  duration: '10000',
  size: '40124',
  tenant: 'Environment',
  ivrprofile: 'record',
  parameters: {
    dnis: '1018',
    ani: '1017',
    connId: '00b70262ba60d003',
    dateTime: '2013-11-28T15:51:46Z',
    recordDN: '1018',
    agentId: '1018',
    'rp.speechminer_uri': 'http://10.0.0.1/interactionreceiver',
  },
};
const answer = {
  statusCode: 0,
  id,
  callerPhoneNumber: '1017',
  dialedPhoneNumber: '1018',
  startTime: '2013-11-28T15:51:48.000+0000',
  stopTime: '2013-11-28T15:51:58.000+0000',
  region: 'default',
  mediaFiles: [mediaFile],
  eventHistory: [{ occurredAt: '2013-11-28T15:51:48.000+0000', event: 'Joined', contact: { userName: 'KSippo' } }],
};
const withFile = (fields: object) => ({ ...answer, mediaFiles: [{ ...mediaFile, ...fields }] });
const codeOf = (said: unknown): string => {
  try {
    readRwsRecording(said, asked);
    return 'taken';
  } catch (error) {
    return error instanceof RcsError ? error.code : String(error);
  }
};

describe(readRwsRecording.name, () => {
  it('takes an answer as it is documented for the body of an insertion', () => {
    const { body, leaves, region } = readRwsRecording(answer, asked);
    const inserted = insertRecordingSchema.parse(body);
    expect(inserted).toMatchObject({ id, callerPhoneNumber: '1017', eventHistory: answer.eventHistory });
    expect(inserted.mediaFiles).toEqual([
      expect.objectContaining({
        mediaId: mediaFile.mediaId,
        size: '40124',
        parameters: mediaFile.parameters,
        mediaDescriptor: { storage: 'rws', path: `recordings/${id}/play/${leaf}` },
      }),
    ]);
    expect(JSON.stringify(inserted)).not.toContain('mediaUri');
    expect([...leaves]).toEqual([[mediaFile.mediaId, leaf]]);
    expect(region).toBe('default');
  });

  it('takes a recording that stands one level below', () => {
    expect(readRwsRecording({ statusCode: 0, recording: answer }, asked)).toEqual(readRwsRecording(answer, asked));
  });

  it.each<[string, object]>([
    ['mediaPath alone', { mediaUri: undefined, playPath: undefined }],
    ['mediaUri alone, below the RWS', { mediaPath: undefined, playPath: undefined }],
    [
      'a mediaUri with the host of a proxy, beside a path',
      { mediaUri: `https://outside/api/v2${mediaFile.mediaPath}` },
    ],
  ])('takes %s', (_, fields) => {
    expect(readRwsRecording(withFile(fields), asked).leaves.get(mediaFile.mediaId)).toBe(leaf);
  });

  it('takes envelope and aliases, but neither a place in a storage nor a content tree', () => {
    const lies = {
      mediaDescriptor: { storage: 'webDAV', path: 'of/others.mp3' },
      contentTree: { length: 1, root: 'ab'.repeat(32) },
    };
    const { body } = readRwsRecording(withFile({ ...lies, pkcs7: 'AAAA', certAlias: ['a'] }), asked);
    const [taken] = insertRecordingSchema.parse(body).mediaFiles;
    expect(taken).toMatchObject({ pkcs7: 'AAAA', certAlias: ['a'], mediaDescriptor: { storage: 'rws' } });
    expect(taken).not.toHaveProperty('contentTree');
  });

  it('leaves out what belongs to the RWS and not to the recording', () => {
    const { body } = readRwsRecording({ ...answer, labels: [], nonDelete: true, contactCenterId: '46284f2f' }, asked);
    expect(Object.keys(body).filter(name => /^(?:statusCode|labels|nonDelete|contactCenter)/.test(name))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['another id', { ...answer, id: `${id}B` }],
    ['the id in another case', { ...answer, id: id.toLowerCase() }],
    ['no id', { ...answer, id: undefined }],
    ['an id of another type', { ...answer, id: [id] }],
    ['a failure', { ...answer, statusCode: 4 }],
    ['another contact center', { ...answer, contactCenterId: 'other' }],
    ['another contact center, in the other spelling', { ...answer, contactCenter: 'other' }],
    ['a contact center that is no text', { ...answer, contactCenter: { id: '46284f2f' } }],
    ['no media files', { ...answer, mediaFiles: [] }],
    ['media files that are no list', { ...answer, mediaFiles: { 0: mediaFile } }],
    ['too many media files', { ...answer, mediaFiles: Array.from({ length: 101 }, () => mediaFile) }],
    ['one media file twice', { ...answer, mediaFiles: [mediaFile, mediaFile] }],
    ['one play URL twice', { ...answer, mediaFiles: [mediaFile, { ...mediaFile, mediaId: 'other' }] }],
    ['a list', [answer]],
    ['a text', 'recording'],
    ['nothing', null],
  ])('refuses %s', (_, said) => {
    expect(codeOf(said)).toMatch(/^RCS_(?:INVALID_VALUE|MISSING_PARAMETER)$/);
  });

  const alone = (mediaUri: string) => ({ mediaUri, mediaPath: undefined, playPath: undefined });
  const path = (mediaPath: string) => ({ mediaPath, playPath: undefined, mediaUri: undefined });
  it.each<[string, object]>([
    ['none', { mediaUri: undefined, mediaPath: undefined, playPath: undefined }],
    ['two that differ', { playPath: `/recordings/${id}/play/other.mp3` }],
    ['a URL that differs from the path', { mediaUri: `${url}/api/v2/recordings/${id}/play/other.mp3` }],
    ['another host', alone(`https://evil.example/api/v2${mediaFile.mediaPath}`)],
    ['another port', alone(`https://rws.example:8091/api/v2${mediaFile.mediaPath}`)],
    ['another scheme', alone(`http://rws.example:8090/api/v2${mediaFile.mediaPath}`)],
    ['user information', alone(`https://rws.example:8090@evil.example/api/v2${mediaFile.mediaPath}`)],
    ['a longer host', alone(`${url}.evil.example/api/v2${mediaFile.mediaPath}`)],
    ['no API', alone(`${url}${mediaFile.mediaPath}`)],
    ['the media of another recording', path(`/recordings/OTHER/play/${leaf}`)],
    ['dots', path(`/recordings/${id}/play/../../OTHER/play/${leaf}`)],
    ['escaped dots', path(`/recordings/${id}/play/%2e%2e`)],
    ['one dot', path(`/recordings/${id}/play/.`)],
    ['a query', path(`/recordings/${id}/play/${leaf}?x=1`)],
    ['more below', path(`/recordings/${id}/play/${leaf}/x`)],
    ['another resource', path(`/users/${id}/play/${leaf}`)],
    ['a line break', path(`/recordings/${id}/play/${leaf}\r\nHost: evil`)],
    ['nothing', path('')],
  ])('refuses a play URL: %s', (_, fields) => {
    expect(codeOf(withFile(fields))).toBe('RCS_MEDIA_LOCATION_REFUSED');
  });
});
