import { readFileSync } from 'node:fs';
import { openssl } from '../external-tools.js';
import { splitEnvelope } from '../split-envelope.js';
import { mediaFile, profile, type Walk } from './walk.js';

/** A recording as the reference has it. */
export function recordingOf(walk: Walk, name: string, pkcs7?: Buffer, region?: string): object {
  return {
    id: walk.client.recordingId(name),
    callerPhoneNumber: '+4930111',
    dialedPhoneNumber: '5001',
    startTime: '2026-11-01T08:00:00.000+0000',
    stopTime: '2026-11-01T08:02:00.000+0000',
    ...(region === undefined ? {} : { region }),
    mediaFiles: [
      {
        mediaId: `${name}_2026-11-01_08-00-00-0001.mp3`,
        callUUID: name,
        startTime: '2026-11-01T08:00:00.000+0000',
        stopTime: '2026-11-01T08:02:00.000+0000',
        type: 'audio/mp3',
        duration: '120000',
        tenant: 'Environment',
        ivrprofile: profile,
        parameters: { dnis: '5001', ani: '+4930111', recordDN: '7001', dateTime: '2026-11-01T08:00:00Z' },
        mediaDescriptor: walk.client.stored(`${name}.enc`),
        ...(pkcs7 === undefined ? {} : { pkcs7: pkcs7.toString('base64') }),
      },
    ],
    eventHistory: [{ event: 'Joined', occurredAt: '2026-11-01T08:00:00.000+0000' }],
  };
}

/** Encrypts the call for the tenant as the recorder does; the ciphertext lies in the storage. */
export async function recorded(walk: Walk, name: string, region?: string): Promise<object> {
  const files = ['-in', mediaFile, '-out', walk.client.file('call.der')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', walk.client.file('tenant.pem'));
  const { envelope, ciphertext } = splitEnvelope(readFileSync(walk.client.file('call.der')));
  await walk.client.put(`${name}.enc`, ciphertext);
  return recordingOf(walk, name, envelope, region);
}
