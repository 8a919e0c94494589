import type { MediaFile, Recording } from '#store';
import { playPathOf, recordingResource } from './recording-resource.js';

const mediaFile: MediaFile = {
  mediaId: 'call.mp3',
  leaf: 'f0b3c1de.mp3',
  type: 'audio/mp3',
  startTime: '2026-03-02T09:15:30.250+0000',
  duration: '60000',
  size: '240044',
  tenant: 'Environment',
  parameters: { agentId: 'John' },
  mediaDescriptor: { storage: 'webDAV', path: 'http://storage.internal/call.mp3', checksum: 'x' },
  pkcs7: 'MIIBvgYJKoZI',
  certAlias: ['recording-2026'],
  additional: { masks: [1], encryption_details: { encryption_cek: 'c2VjcmV0' } },
};
const recording: Recording = {
  id: 'recording-1',
  contactCenter: 'cc-1',
  region: 'east',
  callerPhoneNumber: '+44',
  startTime: '2026-03-02T09:15:30.250+0000',
  mediaFiles: [mediaFile],
  eventHistory: [{ event: 'Joined' }],
  additional: { accessgroups: ['/Anthony'] },
};
const url = 'https://gateway.example.org';

describe(recordingResource.name, () => {
  it('is the recording as the neighbours know it', () => {
    expect(recordingResource(recording, url)).toEqual({
      id: 'recording-1',
      region: 'east',
      callerPhoneNumber: '+44',
      startTime: '2026-03-02T09:15:30.250+0000',
      eventHistory: [{ event: 'Joined' }],
      accessgroups: ['/Anthony'],
      mediaFiles: [
        {
          mediaUri: `${url}/api/v2/recordings/recording-1/play/f0b3c1de.mp3`,
          mediaPath: '/recordings/recording-1/play/f0b3c1de.mp3',
          playPath: '/recordings/recording-1/play/f0b3c1de.mp3',
          mediaId: 'call.mp3',
          type: 'audio/mp3',
          startTime: '2026-03-02T09:15:30.250+0000',
          duration: '60000',
          size: '240044',
          tenant: 'Environment',
          parameters: { agentId: 'John' },
          certAlias: ['recording-2026'],
          masks: [1],
        },
      ],
    });
  });

  it('tells neither the envelope nor the place in the storage', () => {
    const text = JSON.stringify(recordingResource(recording, url));
    expect(text).not.toMatch(/pkcs7|MIIBvgYJKoZI|encryption_|c2VjcmV0|mediaDescriptor|storage\.internal|checksum/);
  });

  it('stands below the path of the own address, where that has one', () => {
    const { mediaFiles } = recordingResource(recording, `${url}/rcs-prod`) as { mediaFiles: { mediaUri: string }[] };
    expect(mediaFiles.map(({ mediaUri }) => mediaUri)).toEqual([
      `${url}/rcs-prod/api/v2/recordings/recording-1/play/f0b3c1de.mp3`,
    ]);
  });

  it('lets no inserted field replace one of ours', () => {
    const liar: Recording = {
      ...recording,
      additional: { id: 'other', region: 'west', mediaFiles: [], contactCenter: 'cc-2' },
      mediaFiles: [{ ...mediaFile, additional: { mediaUri: 'https://evil', playPath: '/evil', mediaId: 'other' } }],
    };
    const resource = recordingResource(liar, url);
    expect(resource).toMatchObject({ id: 'recording-1', region: 'east' });
    expect(JSON.stringify(resource.mediaFiles)).not.toMatch(/evil|other/);
  });

  it('leaves out what is not known, instead of writing null', () => {
    const { mediaId, leaf, type, mediaDescriptor } = mediaFile;
    const bare = {
      id: 'a',
      contactCenter: 'cc-1',
      region: 'east',
      mediaFiles: [{ mediaId, leaf, type, mediaDescriptor }],
    };
    const resource = recordingResource(bare, url);
    expect(Object.keys(resource)).toEqual(['id', 'region', 'mediaFiles']);
    expect(Object.values(resource.mediaFiles as object)).toEqual([
      { mediaUri: expect.any(String), mediaPath: expect.any(String), playPath: expect.any(String), mediaId, type },
    ]);
  });
});

describe(playPathOf.name, () => {
  it('escapes what could leave the path', () => {
    expect(playPathOf('a/../b?c', { ...mediaFile, leaf: 'x y#z' })).toBe('/recordings/a%2F..%2Fb%3Fc/play/x%20y%23z');
  });
});
