import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import {
  archivePartPath,
  archivePath,
  archiveRewrapPath,
  archiveUploadPath,
  contentTreePath,
  forgetPath,
  inspectPath,
  mediaPath,
  peaksPath,
  provePath,
  removePath,
  storageProbePath,
} from '#contracts';
import { archiveRewrapGrants, envelopeDigest, GrantSigner, playbackGrants, type MediaLayout } from '#grants';
import type { InternalIdentity } from '#platform';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import type { Answer } from '../world/answer.js';
import { archiveRecipient, archiveRecipientFingerprint } from './archive-recipient.js';
import type { Attack } from './attack.js';

/** What a worker is asked in the name of B, with A's files and envelopes. */
export interface WorkerAct {
  readonly path: string;
  readonly body: object;
  /** A plays this before, so that a session is warm. */
  readonly warm: string;
}

const noKey =
  'opens nothing: it gives, takes or counts stored bytes where a grant says, and every gateway signs for every place';

/** Every path of the data plane: tried in the name of B, or why it has no wall between contact centers of its own. */
export const workerPlaces: Readonly<Record<string, 'tried' | { readonly untried: string }>> = {
  [mediaPath]: 'tried',
  [peaksPath]: 'tried',
  [provePath]: 'tried',
  [archiveRewrapPath]: 'tried',
  [inspectPath]: { untried: noKey },
  [contentTreePath]: { untried: noKey },
  [removePath]: { untried: noKey },
  [archivePath]: { untried: noKey },
  [archivePartPath]: { untried: noKey },
  [archiveUploadPath]: { untried: noKey },
  [storageProbePath]: { untried: noKey },
  [forgetPath]: { untried: 'ends sessions, which are opened again' },
};

/**
 * One after the other, because grants are valid for a minute: what is signed long before it is tried is refused as too old.
 * Grants of B for what A has encrypted. Who has the identity of a gateway can sign them; a worker that remembers A's
 * session must refuse them as one does that has to ask the vault.
 */
export function* workerActs({ a, b }: Attack, gateway: InternalIdentity): Generator<WorkerAct> {
  const grants = new GrantSigner({ current: gateway }, playbackGrants);
  const rewraps = new GrantSigner({ current: gateway }, archiveRewrapGrants);
  for (const { layout, path, mediaFile, playPath, envelopeOfFile, id } of a.recordings) {
    if (layout === 'plain') continue;
    const { pkcs7 } = mediaFile as { pkcs7?: string };
    const envelope = pkcs7 === undefined ? envelopeOfFile : Buffer.from(pkcs7, 'base64');
    const grantedLayout: MediaLayout = pkcs7 === undefined ? 'attached' : 'detached';
    const names = [
      { recording: `wallB-${randomUUID()}`, mediaFile: path },
      // Under A's own names: only the contact center is B's.
      { recording: id, mediaFile: path },
    ];
    for (const name of names) {
      const grant = grants.sign({
        ...{ sub: b.admin.name, contactCenter: b.contactCenter.id, ...name, purpose: 'play', layout: grantedLayout },
        location: { storage: 'webDAV', path },
        ...(envelope === undefined ? {} : { envelopeDigest: envelopeDigest(envelope) }),
      });
      const detached = pkcs7 === undefined ? {} : { envelope: pkcs7 };
      const rewrapGrant = rewraps.sign({
        ...{ sub: b.admin.name, contactCenter: b.contactCenter.id, ...name, archive: randomUUID() },
        cnf: { 'x5t#S256': 'A'.repeat(43) },
        envelopeDigest: envelopeDigest(envelope ?? Buffer.alloc(0)),
        recipient: archiveRecipientFingerprint,
      });
      const rewrap = { grant, rewrapGrant, recipient: archiveRecipient.pem, ...detached };
      yield* [
        { path: mediaPath, body: { grant, method: 'GET', contentType: 'audio/wav', ...detached }, warm: playPath },
        { path: peaksPath, body: { grant, ...detached }, warm: playPath },
        { path: provePath, body: { grant, ...detached }, warm: playPath },
        { path: archiveRewrapPath, body: rewrap, warm: playPath },
      ];
    }
  }
}

/** The data plane of a worker, for who has the files of a gateway. */
export class WorkerDoor {
  private readonly agent: Agent;

  private constructor(
    readonly url: string,
    { caPem, certificatePem, keyPem }: InternalIdentity,
  ) {
    this.agent = new Agent({ connect: { ca: caPem, cert: certificatePem, key: keyPem, servername: 'localhost' } });
  }

  /** Workers say in their logs where they listen. */
  static all({ dataDir }: ReadyLine, identity: InternalIdentity): WorkerDoor[] {
    return [1, 2].map(number => {
      const log = readFileSync(join(dataDir, 'logs', `decrypt-worker-${number}.log`), 'utf8');
      const url = [...log.matchAll(/"dataPlane":"([^"]+)"/g)].at(-1)?.[1];
      if (url === undefined) throw new Error(`decrypt-worker-${number} does not say where it listens`);
      return new WorkerDoor(url, identity);
    });
  }

  async post(path: string, body: object): Promise<Answer> {
    const answer = await request(`${this.url}${path}`, {
      dispatcher: this.agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode, headers, body: Buffer.from(await answer.body.arrayBuffer()) };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}
