import { posix, win32 } from 'node:path';
import { FolderNames, folderOfRecording, safePart } from './member-names.js';

const hostile = [
  '..',
  '.',
  '',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'C:',
  'CON',
  'nul.txt',
  'x\0y',
  'a\nb',
  'end.',
  ' a',
  '-r',
  '~',
  'é'.repeat(200),
];

describe(safePart.name, () => {
  it.each(hostile)('makes one part of a path of %j, which leads nowhere else', text => {
    const part = safePart(text);
    expect(part).not.toMatch(/[\\/:\0\n]|^\.|^$|[. ]$/);
    expect(Buffer.byteLength(part)).toBeLessThanOrEqual(180);
    for (const { normalize, join } of [posix, win32]) expect(normalize(join('a', part))).toBe(join('a', part));
  });

  it('tells apart what it has to change', () => {
    expect(new Set(hostile.map(safePart)).size).toBe(hostile.length);
    expect(safePart('call-1.mp3')).toBe('call-1.mp3');
  });
});

describe(folderOfRecording.name, () => {
  it.each([
    ['2026-11-28T23:30:00.000-0200', '2026-11-29'],
    ['2026-11-28T08:00:00.000+0000', '2026-11-28'],
    [undefined, 'unknown-day'],
    ['yesterday', 'unknown-day'],
  ])('is of the day of %s in UTC', (startTime, day) => {
    const recording = { contactCenter: 'cc-1', tenant: 'Environment', startTime, id: 'R1' };
    expect(folderOfRecording(recording)).toBe(`cc-1/Environment/${day}/R1`);
  });
});

describe(FolderNames.name, () => {
  it('gives no name twice, whatever file systems make of cases', () => {
    const names = new FolderNames(['recording.json']);
    expect([names.take('Call.mp3', '.bin'), names.take('call.mp3', '.bin')]).toEqual([
      'Call.mp3.bin',
      'call.mp3~2.bin',
    ]);
    expect(names.take('RECORDING', '.json')).toBe('RECORDING~2.json');
  });
});
