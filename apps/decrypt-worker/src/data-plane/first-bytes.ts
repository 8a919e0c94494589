import { finished, type Readable } from 'node:stream';

/** Resolves when the source has data or has ended well, rejects with its error. */
export function firstBytes(source: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      source.off('readable', onReadable);
      cleanup();
      if (error == null) resolve();
      else reject(error);
    };
    const onReadable = (): void => settle();
    const cleanup = finished(source, { writable: false }, settle);
    source.once('readable', onReadable);
  });
}
