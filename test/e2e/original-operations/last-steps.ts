import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { curl, openssl } from '../external-tools.js';
import { mediaFile, profile, type Steps, type Walk } from './walk.js';

/** What takes along, and away, what the walk has made. */
export const lastSteps = (walk: Walk): Steps => ({
  'archive recordings': async ask => {
    const json = { recordings: [walk.id], reason: 'case 4711' };
    const zip = walk.client.write('archive.zip', (await ask({}, { json })).body);
    await ask({}, { json, who: walk.client.asUser('bob') });
    const unpacked = walk.client.file('unpacked');
    mkdirSync(unpacked);
    execFileSync('unzip', ['-q', zip, '-d', unpacked]);
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    const encrypted = files.find(file => file.endsWith('.bin'));
    expect(files.some(file => file.includes(walk.id) && file.endsWith('recording.json'))).toBe(true);
    // The command of the documents.
    const command = ['smime', '-decrypt', '-inform', 'DER', '-in', join(unpacked, encrypted ?? 'none')];
    await openssl(...command, '-inkey', walk.client.file('tenant.key'), '-out', walk.client.file('decrypted.mp3'));
    expect(readFileSync(walk.client.file('decrypted.mp3')).equals(readFileSync(mediaFile))).toBe(true);
  },
  'list what is archived by time': ask => ask(),
  'read when archives are made': ask => ask(),
  'delete a recording': async ask => {
    const { contactCenter } = walk.ready;
    const remove = (recording = walk.id, who = walk.client.asOps()) => ask({ contactCenter, id: recording }, { who });
    await remove(walk.id, walk.client.asUser('alice'));
    await remove();
    const protection = [
      '--header',
      'Content-Type: application/json',
      '--data-binary',
      '{"operationName":"unapplyNonDelete"}',
    ];
    const recording = `${walk.ready.gateway}/api/v2/recordings/${walk.id}`;
    expect((await curl(...walk.client.asUser('alice'), ...protection, recording)).status).toBe(200);
    await remove();
    await remove();
    const { url, user, password } = walk.ready.webdav;
    const stored = await curl(
      '--user',
      `${user}:${password}`,
      '--head',
      `${url}/${walk.client.stored('WALK.enc').path}`,
    );
    expect(stored.status).toBe(404);
  },
  'delete a certificate': async ask => {
    await ask({ alias: 'tenant' }, { json: {} });
    const nothing = JSON.stringify({ aliases: [], confirm: 'record unencrypted' });
    const body = ['--header', 'Content-Type: application/json', '--data-binary', nothing];
    const profileUrl = `${walk.ready.gateway}/rcs/ivr-profiles/${profile}/certificates`;
    expect((await curl(...walk.client.asUser('alice'), '--request', 'PUT', ...body, profileUrl)).status).toBe(200);
    await ask({ alias: 'tenant' }, { json: { force: 'tenant' } });
  },
});
