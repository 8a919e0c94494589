import { mediaExtension, recorderName } from './recorder-name.js';

describe(recorderName.name, () => {
  it("is that of Genesys's recorder, and nobody else's", () => {
    const names = Array.from({ length: 1000 }, () => recorderName('CALL1', '2026-11-21T08:09:10.123+0000', 'mp3'));
    for (const name of names) {
      expect(name).toMatch(/^CALL1_2026-11-21_08-09-10-[0-9A-F]{8}-[0-9A-F]{8}-[0-9A-F]{8}\.mp3$/);
    }
    expect(new Set(names).size).toBe(names.length);
  });
});

describe(mediaExtension.name, () => {
  it.each([
    ['/a/call.mp3', 'audio/mp3', 'mp3'],
    ['call.WAV', 'audio/mp3', 'wav'],
    ['call', 'video/mp4', 'mp4'],
    ['call', 'audio/x-wav', 'wav'],
    ['call.of yesterday', 'audio/mp3', 'mp3'],
    ['.mp3', 'application/octet-stream', 'bin'],
  ])('of %s, %s is %s', (file, type, extension) => expect(mediaExtension(file, type)).toBe(extension));
});
