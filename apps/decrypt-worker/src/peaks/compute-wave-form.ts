import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RcsError, throwIfAborted } from '#platform';
import type { DecodableFormat, PieceMessage, ThreadAnswer, WaveForm, WaveFormRequest } from './wave-form.js';

/** Pieces that may wait in a thread: each has about 64 KiB. */
const piecesAhead = 4;
/** Twice what a wave form of eight channels needs. The memory of a decoder itself is fixed by its module. */
const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8, codeRangeSizeMb: 16, stackSizeMb: 2 };
const day = 24 * 3600;

/**
 * Has a thread of its own make the wave form of a file. It is ended when it is done, when the signal says so, and when it takes
 * more memory than it may.
 * @throws RcsError RCS_PEAKS_UNSUPPORTED or RCS_PEAKS_UNDECODABLE with what it is; whatever the source fails with.
 */
export async function computeWaveForm(
  format: DecodableFormat,
  pieces: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<WaveForm> {
  throwIfAborted(signal, 'a wave form');
  const thread = startThread({ format, limits: { maximumSeconds: day } });
  const conversation = new Conversation(thread, format);
  const onAbort = (): void => conversation.end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const piece of pieces) await conversation.send(piece);
    return await conversation.finish();
  } finally {
    signal.removeEventListener('abort', onAbort);
    await thread.terminate();
  }
}

/** Pieces go there, as many as are taken. */
class Conversation {
  private waiting = 0;
  private failure: Error | undefined;
  private readonly done: Promise<WaveForm>;
  private wake: () => void = () => undefined;
  private reject: (reason: unknown) => void = () => undefined;

  constructor(
    private readonly thread: Worker,
    format: DecodableFormat,
  ) {
    this.done = new Promise<WaveForm>((resolve, reject) => {
      this.reject = reject;
      thread.on('message', (answer: ThreadAnswer) => {
        if (answer.kind === 'done') resolve(answer.waveForm);
        else if (answer.kind === 'failed') this.end(failureOf(answer.reason, answer.detail));
        else this.taken();
      });
    });
    this.done.catch(() => undefined);
    const died = `${format} that its decoder cannot read within its memory`;
    thread.on('error', error => this.end(failureOf('undecodable', died, error)));
    thread.on('exit', () => this.end(failureOf('undecodable', died)));
  }

  /** Resolves when there is room for another. */
  async send(piece: Buffer): Promise<void> {
    // A copy: the memory of the piece may belong to others, too, and what is transferred is lost here.
    const own = Uint8Array.from(piece);
    this.waiting++;
    this.post({ piece: own }, [own.buffer]);
    while (this.waiting >= piecesAhead && this.failure === undefined) {
      await new Promise<void>(resolve => {
        this.wake = resolve;
      });
    }
    if (this.failure !== undefined) throw this.failure;
  }

  finish(): Promise<WaveForm> {
    this.post({ piece: undefined }, []);
    return this.done;
  }

  end(reason: unknown): void {
    this.failure ??= reason instanceof Error ? reason : new Error('a wave form was given up', { cause: reason });
    this.reject(this.failure);
    this.wake();
  }

  private taken(): void {
    this.waiting--;
    this.wake();
  }

  private post(message: PieceMessage, transferred: ArrayBuffer[]): void {
    this.thread.postMessage(message, transferred);
  }
}

function failureOf(reason: 'unsupported' | 'undecodable', detail: string, cause?: unknown): RcsError {
  const code = reason === 'unsupported' ? 'RCS_PEAKS_UNSUPPORTED' : 'RCS_PEAKS_UNDECODABLE';
  return new RcsError(code, detail, { publicDetail: detail, cause });
}

/** The thread's own file lies beside this one: compiled, or (in tests) as a source that it compiles while loading. */
function startThread(workerData: WaveFormRequest): Worker {
  const options = { workerData, resourceLimits, stdin: false };
  if (!__filename.endsWith('.ts')) {
    return new Worker(join(__dirname, 'wave-form.thread.js'), { ...options, env: {}, argv: [], execArgv: [] });
  }
  const loader = join(__dirname, '../../../../libs/store/src/testing/typescript-loader.cjs');
  return new Worker(join(__dirname, 'wave-form.thread.ts'), { ...options, execArgv: ['--require', loader] });
}
