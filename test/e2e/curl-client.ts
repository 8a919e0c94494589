import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { curl, type CurlAnswer } from './external-tools.js';

/** What somebody with curl does to a running cluster. */
export class CurlClient {
  constructor(
    private readonly cluster: RunningCluster,
    private readonly work: string,
  ) {}

  get certificateFile(): string {
    return this.cluster.ready.certificates[0]!.file;
  }

  file(name: string): string {
    return join(this.work, name);
  }

  /** A file with this content; answers its path. */
  write(name: string, content: Buffer): string {
    writeFileSync(this.file(name), content);
    return this.file(name);
  }

  asUser(name: string): string[] {
    return this.asPerson(personOf(this.cluster.ready, name));
  }

  /** An operations account that holds everything. */
  asOps(): string[] {
    const { operations, caFile } = this.cluster.ready;
    return ['--cacert', caFile, '--user', `${operations.name}:${operations.password}`];
  }

  asRecorder(): string[] {
    const { ops, caFile } = this.cluster.ready;
    return ['--cacert', caFile, '--user', `${ops.name}:${ops.password}`];
  }

  playUrl(playPath: string): string {
    return `${this.cluster.ready.gateway}/api/v2${playPath}`;
  }

  /** Plays as the demo's first user, who hears everything. */
  play(playPath: string, ...options: string[]): Promise<CurlAnswer> {
    return curl(...this.asPerson(this.cluster.ready.users[0]!), ...options, this.playUrl(playPath));
  }

  /** Any resource of the gateway, as the demo's first user. */
  get(path: string): Promise<CurlAnswer> {
    return curl(...this.asPerson(this.cluster.ready.users[0]!), `${this.cluster.ready.gateway}${path}`);
  }

  async put(name: string, bytes: Buffer): Promise<void> {
    writeFileSync(this.file('upload'), bytes);
    const { url, user, password } = this.cluster.ready.webdav;
    const target = `${url}/${this.stored(name).path}`;
    const answer = await curl('--user', `${user}:${password}`, '--upload-file', this.file('upload'), target);
    expect([201, 204]).toContain(answer.status);
  }

  /** Where the storage has the file that was put there under this name, as metadata say it. */
  stored(name: string): { storage: string; path: string } {
    return { storage: 'webDAV', path: `${this.cluster.ready.webdav.folder ?? ''}${name}` };
  }

  /** An id is one recording's in all contact centers. */
  recordingId(name: string): string {
    const { webdav, contactCenter } = this.cluster.ready;
    return webdav.folder === undefined ? name : `${name}-${contactCenter.slice(0, 8)}`;
  }

  insertRaw(
    body: string,
    credentials: readonly string[],
    contentType = 'application/json',
    address: 'internal-api' | 'api' = 'internal-api',
  ): Promise<CurlAnswer> {
    writeFileSync(this.file('metadata.json'), body);
    const { gateway, contactCenter } = this.cluster.ready;
    const url = `${gateway}/${address}/contact-centers/${contactCenter}/recordings`;
    const headers = ['--header', `Content-Type: ${contentType}`];
    return curl(...credentials, ...headers, '--data-binary', `@${this.file('metadata.json')}`, url);
  }

  insert(recording: object): Promise<CurlAnswer> {
    return this.insertRaw(JSON.stringify(recording), this.asRecorder());
  }

  /** Inserts a recording with one media file and answers the path it plays at. */
  async inserted(name: string, mediaFile: object, fields: object = {}): Promise<string> {
    const recording = {
      id: this.recordingId(name),
      startTime: '2026-11-21T08:00:00.000+0000',
      ...fields,
      mediaFiles: [{ type: 'audio/mp3', ...mediaFile }],
    };
    const answer = await this.insert(recording);
    expect(answer.status).toBe(201);
    return (JSON.parse(answer.body.toString()) as { mediaFiles: { playPath: string }[] }).mediaFiles[0]!.playPath;
  }

  /** Inserts an attached or plain file that lies in the storage under this name. */
  insertedFile(name: string): Promise<string> {
    return this.inserted(name, { mediaId: name, mediaDescriptor: this.stored(name) });
  }

  private asPerson({ name, password }: { readonly name: string; readonly password: string }): string[] {
    return ['--cacert', this.cluster.ready.caFile, '--user', `${name}:${password}`];
  }
}
