import { readFileSync } from 'node:fs';
import { curl, type CurlAnswer } from '../external-tools.js';
import { recorded, recordingOf } from './recorded-call.js';
import { bodyOf, mediaFile, type Steps, type Walk } from './walk.js';

const playPathOf = (answer: CurlAnswer): string =>
  (bodyOf(answer) as { mediaFiles: { playPath: string }[] }).mediaFiles[0]!.playPath;

const media = readFileSync(mediaFile);

export const recordingSteps = (walk: Walk): Steps => ({
  'insert a recording': async ask => {
    const { contactCenter } = walk.ready;
    const recording = await recorded(walk, 'WALK');
    const send = (json: object, who = walk.client.asRecorder()) => ask({ contactCenter }, { json, who });
    const inserted = await send(recording);
    walk.leaf = playPathOf(inserted).replace(/^.*\//, '');
    await send(recording);
    await send(recording, walk.asNobody());
    await send({ ...recording, callerPhoneNumber: '+4930222' });
    const text = ['--header', 'Content-Type: text/plain', '--data-binary', JSON.stringify(recording)];
    await ask({ contactCenter }, { who: walk.client.asRecorder(), options: text });
    await send(await recorded(walk, 'ELSEWHERE', 'elsewhere'));
  },
  'insert a recording, as the processor does': async ask =>
    ask(
      { contactCenter: walk.ready.contactCenter },
      { json: await recorded(walk, 'PROCESSED'), who: walk.client.asRecorder() },
    ),
  'read a recording': async ask => {
    const read = bodyOf(await ask({ id: walk.id }));
    const { mediaFiles } = recordingOf(walk, 'WALK') as { mediaFiles: Record<string, unknown>[] };
    const { mediaDescriptor, ...shown } = mediaFiles[0]!;
    expect(mediaDescriptor).toBeDefined();
    expect(read).toMatchObject({ ...recordingOf(walk, 'WALK'), mediaFiles: [shown] });
    const [{ mediaUri, mediaPath, playPath }] = read['mediaFiles'] as [Record<string, string>];
    expect([mediaPath, mediaUri]).toEqual([playPath, `${walk.ready.gateway}/api/v2${playPath}`]);
    expect(playPath).toMatch(/^\/recordings\/[^/]+\/play\/[0-9a-f-]{36}\.mp3$/);
    await ask({ id: 'NOWHERE' });
    await ask({ id: walk.id }, { who: walk.asNobody() });
  },
  'read a recording of another region': ask => ask({ id: walk.client.recordingId('ELSEWHERE') }),
  'search recordings': async ask => {
    const { recordings } = bodyOf(await ask({ query: 'callerPhoneNumber=%2B4930111&dialedPhoneNumber=50*' })) as {
      recordings: { id: string }[];
    };
    expect(recordings.map(found => found.id)).toContain(walk.id);
    await ask({ query: '' });
    await ask({ query: 'startTime=yesterday' });
  },
  'play at the mediaUri': async ask => {
    expect((await ask(walk.mine)).body.equals(media)).toBe(true);
    await ask({ id: walk.id, leaf: '00000000-0000-0000-0000-000000000000.mp3' });
  },
  'play at the mediaPath': async ask => expect((await ask(walk.mine)).body.equals(media)).toBe(true),
  'play a range': async ask => {
    const range = (bytes: string) => ask(walk.mine, { options: ['--range', bytes] });
    expect((await range('100-199')).body.equals(media.subarray(100, 200))).toBe(true);
    await range(`${media.length}-`);
  },
  'list contact centers': async ask => {
    expect(JSON.stringify(bodyOf(await ask({}, { who: walk.client.asOps() })))).toContain(walk.ready.contactCenter);
    await ask();
  },
  'assign features': async ask => {
    const { contactCenter } = walk.ready;
    const json = { uris: ['/api/api-voice-recording', '/api/api-supervisor-recording'] };
    await ask({ contactCenter }, { json, who: walk.client.asOps() });
    await ask({ contactCenter }, { json });
    await ask({ contactCenter: 'nowhere' }, { json, who: walk.client.asOps() });
  },
  'list features': async ask => {
    const { contactCenter } = walk.ready;
    const { uris } = bodyOf(await ask({ contactCenter }, { who: walk.client.asOps() })) as { uris: string[] };
    expect(uris.some(uri => uri.endsWith('/api/api-supervisor-recording'))).toBe(true);
  },
  'read who one is': async ask => {
    expect((await ask()).headers['x-csrf-header']).toBe('X-CSRF-TOKEN');
    await ask({}, { who: walk.asNobody() });
  },
  'insert with the token of a session, and without': async ask => {
    const { contactCenter } = walk.ready;
    const jar = walk.client.file('cookies');
    const session = [...walk.client.asRecorder(), '--cookie-jar', jar, '--cookie', jar];
    const me = await curl(...session, `${walk.protectedGateway}/api/v2/me`);
    const token = me.headers['x-csrf-token'] ?? '';
    const json = await recorded(walk, 'FROM-A-SESSION');
    await ask({ contactCenter }, { json, who: session });
    await ask({ contactCenter }, { json, who: session, options: ['--header', `X-CSRF-TOKEN: ${token}`] });
  },
});
