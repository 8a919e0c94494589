import { onServer } from './server.js';

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

/**
 * Follows a stream of server-sent events (WHATWG HTML 9.2) until the signal ends it, and connects again where it broke. Not
 * by EventSource: the browser would open a log-in dialog of its own when the session ends.
 * @param onEvent is told each event's name, and `connected` whenever the stream begins: what happened before it is not told
 */
export async function followEvents(path: string, onEvent: (name: string) => void, signal: AbortSignal): Promise<void> {
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    try {
      const headers = { 'X-Requested-With': 'XMLHttpRequest', accept: 'text/event-stream' };
      const response = await fetch(onServer(path), { headers, signal });
      if (response.ok && response.body !== null) {
        onEvent('connected');
        delayMs = firstDelayMs;
        await readEvents(response.body, onEvent);
      }
    } catch {
      // The next connection tells whether it was for long.
    }
    await pause(delayMs, signal);
    delayMs = Math.min(2 * delayMs, longestDelayMs);
  }
}

async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (name: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = (lines.pop() ?? '').slice(-1000);
    for (const line of lines) if (line.startsWith('event: ')) onEvent(line.slice('event: '.length).trim());
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
