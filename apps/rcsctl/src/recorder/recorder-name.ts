import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';

const groupBytes = 4;

/**
 * The name of a media file as recorders give it: `<callUUID>_<yyyy-MM-dd>_<HH-mm-ss>-<three hex groups>.<extension>`. The
 * groups are random, so that nobody ever has the same name: storages exist that replace files whatever they are told.
 * @param startTime `yyyy-MM-ddTHH:mm:ss.SSS+0000`
 */
export function recorderName(callUuid: string, startTime: string, extension: string): string {
  const [date, time] = [startTime.slice(0, 10), startTime.slice(11, 19).replaceAll(':', '-')];
  const groups = Array.from({ length: 3 }, () => randomBytes(groupBytes).toString('hex').toUpperCase());
  return `${callUuid}_${date}_${time}-${groups.join('-')}.${extension}`;
}

/** Of the local file, else of the media type: players look at it. */
export function mediaExtension(file: string, type: string): string {
  const own = /^\.([A-Za-z0-9]{1,5})$/.exec(extname(file))?.[1];
  const ofType = /\/(?:x-)?([A-Za-z0-9]{1,5})$/.exec(type)?.[1];
  return (own ?? ofType ?? 'bin').toLowerCase();
}
