import { sendOrThrow } from '../api/client.js';
import { onServer } from '../api/server.js';
import { bucketsFor, type Peaks } from './peaks.js';

interface PeaksAnswer {
  readonly duration: number;
  readonly peaks: readonly (readonly number[])[];
}

/** Of samples with 8 bits. */
const highestSample = 127;

/** Asks the server, which decodes; the media itself is not loaded. @throws ApiProblem */
export async function readPeaks(playPath: string, seconds: number, signal: AbortSignal): Promise<Peaks> {
  const query = `buckets=${String(bucketsFor(seconds))}&bits=8`;
  const response = await sendOrThrow(new Request(onServer(`/api/v2${playPath}/peaks?${query}`), { signal }));
  const { duration, peaks } = (await response.json()) as PeaksAnswer;
  return { duration, channels: peaks.map(channel => channel.map(sample => Math.abs(sample) / highestSample)) };
}
