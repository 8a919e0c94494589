/** Enough for the chunks that programs write before the samples. */
export const wavHeadBytes = 64 * 1024;

const chunkHeaderBytes = 8;
const riffHeaderBytes = 12;
const byteRateOffset = 8;

/**
 * How long a WAV file plays, in milliseconds, by its head and its length; undefined for anything else. A recorder that
 * was stopped leaves the length of the samples at 0 or at the most there is: then all behind the head are samples.
 */
export function wavDuration(head: Buffer, fileLength: number): number | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let byteRate = 0;
  for (let at = riffHeaderBytes; at + chunkHeaderBytes <= head.length;) {
    const name = head.toString('latin1', at, at + 4);
    const length = head.readUInt32LE(at + 4);
    const content = at + chunkHeaderBytes;
    if (name === 'fmt ' && content + byteRateOffset + 4 <= head.length)
      byteRate = head.readUInt32LE(content + byteRateOffset);
    if (name === 'data') {
      const there = Math.max(0, fileLength - content);
      const samples = length === 0 ? there : Math.min(length, there);
      return byteRate === 0 ? undefined : Math.round((samples / byteRate) * 1000);
    }
    at = content + length + (length % 2);
  }
  return undefined;
}
