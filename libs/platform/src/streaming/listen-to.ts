import type { Readable } from 'node:stream';

/** Everything that a stream may say. Whoever takes its data must hear of the rest, or a failure ends the process. */
export interface StreamListener {
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
  /** The last of all, after an end and an error as well; alone it means that the stream was given up. */
  readonly onClose: () => void;
}

/**
 * Takes the chunks of a stream as they come, for what can be paused in between; `pipeline`, `finished`, `for await` and
 * `stream/consumers` do for everything else. The one place for it: a lint rule forbids to listen to data alone.
 * @returns ends the listening.
 */
export function listenTo(source: Readable, { onData, onEnd, onError, onClose }: StreamListener): () => void {
  // eslint-disable-next-line no-restricted-syntax -- with all its other events
  source.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  return () => {
    source.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
  };
}
