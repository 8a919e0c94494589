import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Readable, Writable } from 'node:stream';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { within } from '#test/waiting/within.js';
import { drainedWithin } from './end-within.js';
import { whenNothingIsTaken } from './when-nothing-is-taken.js';

const timeoutMs = 60_000;
const stepMs = 5000;
/** In which the system answers, whatever the clock of timers says. */
const stepTakesMs = 50;
/** A minute in earnest. */
const mostSteps = 60_000 / stepTakesMs;
/** At each step: the stream hears of 100 kB and more, in several times the time. */
const sipBytes = 4 * 1024;
const gulpBytes = 16 * 1024;
/** Until the system has grown its buffer to a megabyte or so. */
const gulps = 100;

const waitInEarnest = setTimeout;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve));
}

const inEarnest = (): Promise<void> => new Promise(resolve => void waitInEarnest(resolve, stepTakesMs));

/** Lets the clock of timers go on, while the system and its connections are what they are. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    jest.advanceTimersByTime(stepMs);
    await inEarnest();
  }
}

/** A receiver whose buffer is small: takes as many bytes as a line says, and says when it has them. */
const receiverProgram = `
import socket, ssl, sys
port, transport = sys.argv[1:]
connection = socket.socket()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448)
connection.connect(('127.0.0.1', int(port)))
if transport == 'TLS':
  connection = ssl._create_unverified_context().wrap_socket(connection)
connection.sendall(b'GET / HTTP/1.1\\r\\nHost: here\\r\\n\\r\\n')
for line in sys.stdin:
  left = int(line)
  while left > 0:
    left -= len(connection.recv(min(left, 16384)))
  print('taken', flush=True)
`;

describe.each(['plain', 'TLS'] as const)('a receiver over TCP, %s', transport => {
  let server: Server;
  let response: ServerResponse;
  let receiver: ChildProcessByStdio<Writable, Readable, null>;

  beforeEach(async () => {
    const { keyPem: key, certificatePem: cert } = await (await InternalAuthority.create()).issue('playback-gateway');
    server = transport === 'plain' ? createServer() : createTlsServer({ key, cert });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    receiver = spawn('python3', ['-c', receiverProgram, String(port), transport], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    [, response] = await within('a request', asked);
    response.writeHead(200);
    await fill();
    for (let gulp = 0; gulp < gulps; gulp++) {
      await take(gulpBytes);
      await fill();
    }
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(async () => {
    jest.useRealTimers();
    receiver.kill();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  /** Writes until the system takes no more. */
  async function fill(): Promise<void> {
    for (let quiet = 0; quiet < 50; quiet = response.writableNeedDrain ? quiet + 1 : 0) {
      if (!response.writableNeedDrain) response.write(Buffer.alloc(64 * 1024));
      await turns(1);
    }
  }

  async function take(bytes: number): Promise<void> {
    const taken = once(receiver.stdout, 'data');
    receiver.stdin.write(`${bytes}\n`);
    await taken;
  }

  it('is waited for while it takes less than the stream hears of', async () => {
    // The system may have made its buffer larger, and taken all at once.
    for (let waitedMs = 0; waitedMs < timeoutMs;) {
      await fill();
      const begun = performance.now();
      let outcome: unknown = 'waiting';
      drainedWithin(response, timeoutMs).then(
        () => (outcome = 'taken'),
        (error: unknown) => (outcome = error),
      );
      while (outcome === 'waiting') {
        await take(sipBytes);
        await pass(stepMs);
      }
      expect(outcome).toBe('taken');
      waitedMs = performance.now() - begun;
    }
  });

  it('is given up when it takes nothing, not much later', async () => {
    let goneAfter = NaN;
    const begun = performance.now();
    const stop = whenNothingIsTaken(response, timeoutMs, () => (goneAfter = performance.now() - begun));
    await pass(timeoutMs - stepMs);
    expect(goneAfter).toBeNaN();
    for (let step = 0; step < mostSteps && Number.isNaN(goneAfter); step++) {
      // While the system is asked there is no timer, and the clock stands, however long a busy machine takes.
      if (jest.getTimerCount() > 0) await pass(stepMs);
      else await inEarnest();
    }
    stop();
    expect(goneAfter).toBeLessThan(5 * timeoutMs);
  });

  it('is not told of any more once that was ended', async () => {
    let gone = 0;
    whenNothingIsTaken(response, timeoutMs, () => gone++)();
    await pass(2 * timeoutMs);
    expect(gone).toBe(0);
  });
});

it('is given up after the time where the system does not tell what it takes', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    let gone = 0;
    whenNothingIsTaken(new Writable(), timeoutMs, () => gone++);
    await pass(timeoutMs - stepMs);
    expect(gone).toBe(0);
    await pass(2 * stepMs);
    expect(gone).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});
