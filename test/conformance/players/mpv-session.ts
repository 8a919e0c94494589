import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs } from '#platform';
import { endChild } from '#test/waiting/end-child.js';

interface Message {
  readonly request_id?: number;
  readonly error?: string;
  readonly data?: unknown;
  readonly event?: string;
  readonly reason?: string;
}

/** Of a step, on a busy machine. */
const stepTimeoutMs = 60_000;

/** mpv at its usual speed, told what to do through its socket (https://mpv.io/manual/stable/#json-ipc). */
export class MpvSession {
  private readonly answers = new Map<number, (message: Message) => void>();
  private requests = 0;
  /** Why the file ended, as soon as it has. */
  private end: string | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: Socket,
  ) {
    const lines = createInterface({ input: socket });
    lines.on('line', line => this.receive(JSON.parse(line) as Message));
  }

  /** Nothing is kept ahead: a pause is one for the server, too. */
  static async start(url: string, authorityFile: string, socketFile: string): Promise<MpvSession> {
    const quiet = ['--no-config', '--really-quiet', '--no-video', '--ao=null', '--idle=once'];
    const trust = ['--tls-verify=yes', `--tls-ca-file=${authorityFile}`];
    const options = [
      ...quiet,
      ...trust,
      '--cache=no',
      '--audio-pitch-correction=no',
      `--input-ipc-server=${socketFile}`,
    ];
    const child = spawn(...endingWithUs('mpv', options), { stdio: ['ignore', 'ignore', 'inherit'] });
    const session = new MpvSession(child, await socketOf(child, socketFile));
    await session.command('loadfile', url);
    return session;
  }

  async command(...words: readonly (string | number | boolean)[]): Promise<unknown> {
    const id = ++this.requests;
    const answer = new Promise<Message>(resolve => this.answers.set(id, resolve));
    this.socket.write(`${JSON.stringify({ command: words, request_id: id })}\n`);
    const { error, data } = await Promise.race([answer, delay<Message>(stepTimeoutMs, { error: 'no answer' })]);
    if (error !== 'success') throw new Error(`mpv: ${words.join(' ')}: ${error ?? ''}`);
    return data;
  }

  set = (property: string, value: string | number | boolean) => this.command('set_property', property, value);

  /** Until it plays at this second or after it. */
  async reaches(second: number): Promise<void> {
    const end = Date.now() + stepTimeoutMs;
    while (Date.now() < end) {
      if (this.end !== undefined) throw new Error(`mpv: ended before ${second} s: ${this.end}`);
      const position = await this.command('get_property', 'time-pos').catch(() => undefined);
      if (typeof position === 'number' && position >= second) return;
      await delay(50);
    }
    throw new Error(`mpv: not at ${second} s`);
  }

  /** Until the file ends; says why. */
  async ended(): Promise<string> {
    const end = Date.now() + stepTimeoutMs;
    while (this.end === undefined && Date.now() < end) await delay(50);
    return this.end ?? 'still plays';
  }

  async stop(): Promise<void> {
    this.socket.destroy();
    await endChild('mpv', this.child);
  }

  private receive(message: Message): void {
    if (message.event === 'end-file') this.end = message.reason ?? 'without a reason';
    if (message.request_id === undefined) return;
    this.answers.get(message.request_id)?.(message);
    this.answers.delete(message.request_id);
  }
}

async function socketOf(child: ChildProcess, file: string): Promise<Socket> {
  const end = Date.now() + stepTimeoutMs;
  while (Date.now() < end && child.exitCode === null) {
    const socket = connect(file);
    const connected = new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (await connected) return socket;
    await delay(50);
  }
  throw new Error('mpv has no socket');
}
