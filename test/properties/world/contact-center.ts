import { errorRegistry, isErrorCode } from '#platform';
import { sealedKey } from '#test/jose/sealed-key.js';
import { answerOf } from '#test/waiting/wait-for.js';
import type { MadeCertificate } from '../media/made-certificate.js';
import type { SealedMedia } from '../media/sealed-media.js';
import type { Answer } from './answer.js';
import { Caller, type Door } from './caller.js';
import { askUntilAnswered, type WhenAgain } from './patience.js';

export interface PersonWishes {
  readonly roles: readonly string[];
  readonly privileges?: readonly string[];
  readonly agentHierarchy?: string;
}

export interface InsertedRecording {
  readonly id: string;
  readonly playPaths: readonly string[];
}

interface IndexStatus {
  readonly mediaFiles: number;
  readonly proved: number;
  readonly failing: number;
  readonly failures: readonly { readonly code: string }[];
}

/** A machine that was busy is why, not the file: the server looks again by itself. */
const comesAgain = (code: string): boolean => isErrorCode(code) && errorRegistry[code].http >= 503;

const password = 'a long password of properties 1';

/** One contact center of a property's server, and what its people do there. */
export class PropertyContactCenter {
  constructor(
    readonly id: string,
    private readonly server: { readonly door: Door; readonly ops: Caller; readonly recorder: Caller },
  ) {}

  async addPerson(userName: string, { agentHierarchy, ...wishes }: PersonWishes): Promise<Caller> {
    const rights = { privileges: [], accessGroups: ['/'], partitions: [], ...wishes };
    const place = agentHierarchy === undefined ? {} : { agentHierarchy };
    await this.server.ops.must('POST', '/rcs/users', {
      userName,
      password,
      contactCenter: this.id,
      ...rights,
      ...place,
    });
    return new Caller(userName, this.server.door, password);
  }

  /** The JSON of an upload whose key only the key vaults can read. */
  async uploadBody(administrator: Caller, alias: string, { pem, pair }: MadeCertificate): Promise<object> {
    return { alias, certificate: pem, keyJwe: await keyForEveryVault(administrator, pair) };
  }

  /** @param again told before it is said again to a server that was too busy */
  upload(
    administrator: Caller,
    alias: string,
    certificate: MadeCertificate,
    more: object = {},
    again?: WhenAgain,
  ): Promise<Answer> {
    return askUntilAnswered(async () => {
      const json = { ...(await this.uploadBody(administrator, alias, certificate)), ...more };
      return administrator.send({ method: 'POST', path: '/rcs/certificates', json });
    }, again);
  }

  insertion(id: string, mediaFiles: readonly object[], more: object = {}): object {
    return { id, startTime: '2026-11-21T08:00:00.000+0000', ...more, mediaFiles };
  }

  insert(recording: object, again?: WhenAgain): Promise<Answer> {
    return this.server.recorder.sendPatiently({ method: 'POST', path: this.insertionPath, json: recording }, again);
  }

  /** @throws Error when the server does not take it in. */
  async mustInsert(recording: object): Promise<InsertedRecording> {
    const { id, mediaFiles } = await this.server.recorder.must<{ id: string; mediaFiles: { playPath: string }[] }>(
      'POST',
      this.insertionPath,
      recording,
    );
    return { id, playPaths: mediaFiles.map(({ playPath }) => `/api/v2${playPath}`) };
  }

  /** Waits until the server has looked at every stored file, or knows that it cannot. */
  async indexed(administrator: Caller): Promise<void> {
    const status = (): Promise<IndexStatus> => administrator.must('GET', '/rcs/recordings/index-status');
    const isDone = ({ mediaFiles, proved, failing, failures }: IndexStatus): boolean =>
      proved + failing >= mediaFiles && !failures.some(({ code }) => comesAgain(code));
    await answerOf('a look at every stored file', status, isDone, { patienceMs: 300_000, pollMs: 100 });
  }

  private get insertionPath(): string {
    return `/internal-api/contact-centers/${this.id}/recordings`;
  }
}

/** What the metadata says of a media file. */
export function mediaFileOf(path: string, { envelope }: SealedMedia, more: object = {}): object {
  return {
    mediaId: path.split('/').at(-1),
    type: 'audio/wav',
    mediaDescriptor: { storage: 'webDAV', path },
    ...(envelope === undefined ? {} : { pkcs7: envelope.toString('base64') }),
    ...more,
  };
}

async function keyForEveryVault(administrator: Caller, { privateKey }: MadeCertificate['pair']): Promise<unknown[]> {
  const { importKeys } = await administrator.must<{ importKeys: { vault: string; publicKey: object }[] }>(
    'GET',
    '/rcs/keys/import-keys',
  );
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return Promise.all(
    importKeys.map(async ({ vault, publicKey }) => ({ vault, jwe: await sealedKey(publicKey, pkcs8) })),
  );
}
