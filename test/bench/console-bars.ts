import { mostPlayerBundleBytes, type PlayerBundle } from '../support/console-bundle.js';
import type { ConsoleTimes } from './console-player.js';

const mebibyte = 1024 * 1024;

/** One figure of the console against what it may be; times are medians. */
export interface ConsoleBar {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'requests' | 'bytes';
  readonly bar: number;
  readonly isMet: boolean;
}

/** What is promised of the player of the console, each below its bar; requests as many as it at most. */
export function consoleBars(times: readonly ConsoleTimes[], demoCall: string, bundle: PlayerBundle): ConsoleBar[] {
  const bars: ConsoleBar[] = [];
  const judge = (name: string, value: number | undefined, unit: ConsoleBar['unit'], bar: number): void => {
    if (value === undefined) return;
    bars.push({ name, value, unit, bar, isMet: unit === 'requests' ? value <= bar : value < bar });
  };
  const of = (id: string): ConsoleTimes | undefined => times.find(({ name }) => name === id);
  judge('from the click to the sound of the demo call', of(demoCall)?.click.median, 'ms', 300);
  judge('start of a screen of a gigabyte', of('gigabyte')?.click.median, 'ms', 1000);
  judge('requests until a screen of a gigabyte plays', of('gigabyte')?.requests, 'requests', 3);
  judge('seek in a screen of a gigabyte', of('gigabyte')?.seek.median, 'ms', 500);
  judge('held by the page of a call of three hours', of('three-hours')?.heapBytes, 'bytes', 50 * mebibyte);
  judge('the page of the player, compressed', bundle.compressedBytes, 'bytes', mostPlayerBundleBytes);
  return bars;
}
