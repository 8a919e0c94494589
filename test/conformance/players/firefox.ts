import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'undici';
import { endingWithUs } from '#platform';
import { endChild } from '#test/waiting/end-child.js';
import type { BrowserPage, MediaBrowser } from './media-browser.js';

/** Of any command but the scripts, which have deadlines of their own. */
const startTimeoutMs = 120_000;

/** Nothing of Firefox's own on the network, and sound without a click. */
const preferences = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage': 'about:blank',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.autoplay.default': 0,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
};

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly error?: string;
  readonly message?: string;
  readonly result?: unknown;
}
type Waiting = (answer: Answer) => void;

/**
 * Debian's Firefox without a window, driven through WebDriver BiDi, which it speaks itself: five commands of
 * https://www.w3.org/TR/webdriver-bidi/ on one WebSocket.
 */
export class Firefox implements MediaBrowser {
  readonly name = 'Firefox';
  private readonly waiting = new Map<number, Waiting>();
  private commands = 0;
  private lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener('message', ({ data }) => this.receive(JSON.parse(String(data)) as Answer));
    socket.addEventListener('close', () => {
      for (const answer of this.waiting.values()) answer({ type: 'error', error: 'Firefox is gone' });
    });
  }

  static async start(directory: string): Promise<Firefox> {
    const profile = join(directory, 'profile');
    mkdirSync(profile, { recursive: true });
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(join(profile, 'user.js'), lines.join('\n'));
    const options = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
    const child = spawn(...endingWithUs('firefox-esr', options), {
      env: { ...process.env, HOME: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const firefox = new Firefox(child, await connect(await addressOf(child)));
    await firefox.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    return firefox;
  }

  async open(url: string): Promise<BrowserPage> {
    const context = await this.inTurn(() => this.newTab());
    await this.send('browsingContext.navigate', { context, url, wait: 'complete' });
    return {
      run: (script, input) => this.run(context, script, input),
      close: async () => {
        await this.inTurn(() => this.send('browsingContext.close', { context }));
      },
    };
  }

  /** Firefox loses a tab now and then that is made while it opens or closes another: one after the other, and once more. */
  private async newTab(): Promise<string> {
    const create = () => this.send('browsingContext.create', { type: 'tab' });
    const { context } = (await create().catch(create)) as { readonly context: string };
    return context;
  }

  private inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const acted = this.lastTurn.then(act);
    this.lastTurn = acted.catch(() => undefined);
    return acted;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    await this.send('browser.close', {}).catch(() => undefined);
    await endChild('Firefox', this.child).catch(() => endChild('Firefox', this.child, 'SIGKILL'));
  }

  private async run<Input, Output>(
    context: string,
    script: (input: Input) => Promise<Output>,
    input: Input,
  ): Promise<Output> {
    const { result, exceptionDetails } = (await this.send('script.callFunction', {
      functionDeclaration: `async input => JSON.stringify(await (${script.toString()})(JSON.parse(input)))`,
      arguments: [{ type: 'string', value: JSON.stringify(input) }],
      awaitPromise: true,
      target: { context },
    })) as { readonly result?: { readonly value: string }; readonly exceptionDetails?: { readonly text: string } };
    if (result === undefined) throw new Error(exceptionDetails?.text ?? 'the script failed');
    return JSON.parse(result.value) as Output;
  }

  private send(method: string, params: object): Promise<unknown> {
    const id = ++this.commands;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.receive({ id, type: 'error', error: 'no answer' }), startTimeoutMs);
      this.waiting.set(id, ({ type, error, message, result }) => {
        clearTimeout(timer);
        if (type === 'success') resolve(result);
        else reject(new Error(`${method}: ${error ?? type} ${message ?? ''}`));
      });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private receive(answer: Answer): void {
    if (answer.id === undefined) return;
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    waiting?.(answer);
  }
}

/** Firefox says on standard error where it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('Firefox has no standard error');
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  const lines = createInterface({ input: child.stderr });
  try {
    for await (const line of lines) {
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (address !== undefined) return `${address}/session`;
    }
    throw new Error('Firefox ended before it listened');
  } finally {
    clearTimeout(timer);
    // What it says later is of no interest, and must not fill the pipe.
    child.stderr.resume();
  }
}

function connect(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket), { once: true });
    socket.addEventListener('error', () => reject(new Error(`nobody answers at ${address}`)), { once: true });
  });
}
