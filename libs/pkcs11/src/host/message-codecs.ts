import { deserialize, serialize } from 'node:v8';
import type { FrameCodec } from './frame-channel.js';
import type { FrameWriter } from './frame-writer.js';
import type { ArgumentsOf, MessageFromHost, MessageToHost } from './host-messages.js';
import {
  fitsUnwrapFrame,
  readBytesResult,
  readUnwrapRequest,
  writeBytesResult,
  writeUnwrapRequest,
} from './unwrap-frames.js';

/**
 * The first byte of a frame. Opening session keys is what a host does all the time, so its messages have a form of their own;
 * everything else is a structured clone, which costs ten times as much.
 */
const [structuredClone, unwrapRequest, bytesResult] = [0, 1, 2];
const contentAt = 1;

/** As the process speaks that needs the token. */
export const callerCodec: FrameCodec<MessageToHost, MessageFromHost> = {
  encode(message, to) {
    if (message.kind === 'request' && message.name === 'unwrapSessionKey') {
      const [key, encrypted] = message.arguments as ArgumentsOf<'unwrapSessionKey'>;
      if (fitsUnwrapFrame(key, encrypted)) {
        to.begin(unwrapRequest);
        writeUnwrapRequest(to, { id: message.id, key, encrypted });
        to.finish();
        return;
      }
    }
    writeClone(to, message);
  },
  decode(frame) {
    if (frame[0] !== bytesResult) return readClone(frame) as MessageFromHost;
    return { kind: 'result', ...readBytesResult(frame, contentAt) };
  },
};

/** As a host speaks. */
export const hostCodec: FrameCodec<MessageFromHost, MessageToHost> = {
  encode(message, to) {
    if (message.kind !== 'result' || !Buffer.isBuffer(message.value)) {
      writeClone(to, message);
      return;
    }
    const { id, value, executed } = message;
    to.begin(bytesResult);
    writeBytesResult(to, { id, value, executed });
    to.finish();
  },
  decode(frame) {
    if (frame[0] !== unwrapRequest) return readClone(frame) as MessageToHost;
    const { id, key, encrypted } = readUnwrapRequest(frame, contentAt);
    return { kind: 'request', name: 'unwrapSessionKey', id, arguments: [key, encrypted] };
  },
};

function writeClone(to: FrameWriter, message: unknown): void {
  const payload = serialize(message);
  to.begin(structuredClone);
  to.raw(payload);
  to.finish();
  payload.fill(0);
}

/** Buffers of the message are views of what it is read from. */
function readClone(frame: Buffer): unknown {
  const own = Buffer.allocUnsafeSlow(frame.length - contentAt);
  frame.copy(own, 0, contentAt);
  return deserialize(own);
}
