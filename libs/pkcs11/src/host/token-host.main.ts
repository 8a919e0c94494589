import { Socket } from 'node:net';
import { giveBackWhenQuiet } from '#idle-memory';
import { FrameChannel } from './frame-channel.js';
import type { MessageFromHost, MessageToHost } from './host-messages.js';
import { hostCodec } from './message-codecs.js';
import { startModuleThreads } from './module-threads.js';
import { TokenHost } from './token-host.js';

/** The socket that was left open for this process; nothing else is given to it. */
const channelDescriptor = 3;
/** For calls that run while the other side goes: a key that is half made is finished. */
const lastCallsMs = 5000;
const readBytes = 64 * 1024;

/** Ends at once: an orderly exit would wait for threads in which a call hangs. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');

/**
 * A process that holds one token of one PKCS#11 module for another process: what the module does to the process that it
 * is loaded into, it does to this one. Ends when the other side is gone, and only then: it hears of no signal that a
 * service manager or a terminal sends to all processes of a group, since the other side finishes its work first.
 */
async function main(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  await startModuleThreads();
  const socket = new Socket({
    fd: channelDescriptor,
    readable: true,
    writable: true,
    // Memory that is there already: Node would make 64 KiB for every few hundred bytes.
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (length, buffer) => {
        channel.receive((buffer as Buffer).subarray(0, length));
        return true;
      },
    },
  });
  const channel = new FrameChannel<MessageFromHost, MessageToHost>(
    socket,
    hostCodec,
    message => host.take(message),
    () => {
      setTimeout(end, lastCallsMs);
      void host.close();
    },
  );
  const host = new TokenHost(channel, end);
  giveBackWhenQuiet();
}

void main();
