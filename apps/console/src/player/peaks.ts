/** The wave form of a media file: the highest sample of each piece, from 0 to 1, for each channel. */
export interface Peaks {
  readonly duration: number;
  readonly channels: readonly (readonly number[])[];
}

const perSecond = 8;
/** The server has no more of a file. */
const most = 8000;

/** Fine enough to find silences in, and no more for a long call than for a short one. */
export const bucketsFor = (seconds: number): number => Math.min(most, Math.max(1000, Math.ceil(seconds * perSecond)));

/** One sound of several in a row; no peaks where its wave form is not known. */
export interface PeaksPart {
  readonly duration: number;
  readonly channels: readonly (readonly number[])[];
}

/** The wave form of sounds in a row, in equal pieces of time. There are as many channels as the sound has that has most. */
export function joinedPeaks(parts: readonly PeaksPart[], pieces: number): number[][] {
  const total = parts.reduce((sum, { duration }) => sum + duration, 0);
  const channels = Math.max(1, ...parts.map(part => part.channels.length));
  if (total === 0) return Array.from({ length: channels }, () => []);
  return Array.from({ length: channels }, (_, channel) => {
    const joined: number[] = [];
    let [index, from] = [0, 0];
    for (let piece = 0; piece < pieces; piece++) {
      const place = ((piece + 0.5) / pieces) * total;
      for (let part = parts[index]; part !== undefined && place >= from + part.duration; part = parts[index]) {
        if (index === parts.length - 1) break;
        from += part.duration;
        index++;
      }
      const part = parts[index];
      // One channel is heard on both sides.
      const own = part?.channels[channel] ?? part?.channels[0] ?? [];
      const share = part === undefined || part.duration === 0 ? 0 : (place - from) / part.duration;
      joined.push(own[Math.min(own.length - 1, Math.floor(share * own.length))] ?? 0);
    }
    return joined;
  });
}
