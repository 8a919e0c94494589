/** What `GET /rcs/recordings/{id}/listeners` answers. */
export interface Listeners {
  readonly listeners: readonly {
    readonly user?: string;
    readonly firstTime: string;
    readonly lastTime: string;
    readonly playbacks: number;
    readonly unfinished: number;
    readonly mediaFiles: readonly {
      readonly mediaId: string;
      readonly ranges: readonly HeardRange[];
      readonly more?: true;
    }[];
  }[];
  readonly nextCursor?: string;
}

interface HeardRange {
  readonly firstByte: number;
  readonly lastByte: number;
  readonly fromSecond?: number;
  readonly toSecond?: number;
}

/** For people: a paragraph for every listener. */
export function listenersText({ listeners }: Listeners): string {
  if (listeners.length === 0) return 'nobody';
  return listeners
    .map(({ user, firstTime, lastTime, playbacks, unfinished, mediaFiles }) => {
      const open = unfinished === 0 ? '' : `, ${unfinished} of which are not known to have ended`;
      const files = mediaFiles.map(({ mediaId, ranges, more }) => {
        const parts = [...ranges.map(rangeText), ...(more === true ? ['and more'] : [])];
        return `  ${mediaId}: ${parts.length === 0 ? 'not known how much' : parts.join(', ')}`;
      });
      const who = user ?? 'somebody whom the audit has forgotten';
      return [`${who}  ${firstTime} to ${lastTime}, ${playbacks} requests${open}`, ...files].join('\n');
    })
    .join('\n');
}

const rangeText = ({ firstByte, lastByte, fromSecond, toSecond }: HeardRange): string =>
  fromSecond === undefined || toSecond === undefined
    ? `bytes ${firstByte} to ${lastByte}`
    : `seconds ${fromSecond} to ${toSecond}`;
