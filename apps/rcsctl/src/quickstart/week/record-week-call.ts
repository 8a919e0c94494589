import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plaintextOf } from '../../recorder/plaintext.js';
import { storeMediaFile } from '../../recorder/record-media.js';
import type { WeekDialogue, WeekIndex } from './week-media.js';
import type { PlannedCall } from './week-plan.js';
import type { CallTarget } from './week-target.js';

/** A file of a call, and where in its time it lies. */
interface Part {
  readonly file: string;
  readonly extension: string;
  readonly type: string;
  readonly from: number;
  readonly duration: number;
  readonly agent: string;
  readonly pauses?: WeekDialogue['pauses'];
}

/** As the neighbours write times. */
const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '+0000');

/** Stores all media files of a call, and inserts it with its events, the way a recorder does. */
export async function recordWeekCall(
  id: string,
  call: PlannedCall,
  start: Date,
  index: WeekIndex,
  target: CallTarget,
): Promise<void> {
  const parts = partsOf(call, index);
  const mediaFiles: object[] = [];
  for (const part of parts) mediaFiles.push(await storePart(id, call, start.getTime(), part, target));
  const length = Math.max(...parts.map(({ from, duration }) => from + duration));
  await target.recorder.insertRecording(target.contactCenter, {
    id,
    callerPhoneNumber: call.caller,
    dialedPhoneNumber: call.dialed,
    startTime: timeText(start.getTime()),
    stopTime: timeText(start.getTime() + length),
    mediaFiles,
    eventHistory: eventsOf(call, start.getTime(), parts),
  });
}

/** Calls that were put through have an audio file for each agent, one after the other; screens and transcript lie beside. */
function partsOf({ dialogues, agents, layout }: PlannedCall, index: WeekIndex): Part[] {
  let from = 0;
  return dialogues.flatMap((dialogue, place) => {
    const media = index[dialogue];
    const agent = agents[place];
    if (media === undefined || agent === undefined) throw new Error(`the demo has no dialogue ${dialogue}`);
    const { duration, pauses, screens } = media;
    const own = { from, duration, agent };
    const screenParts = screens.map(screen => ({
      ...{ agent, file: screen.file, extension: 'mp4', type: 'video/mp4' },
      ...{ from: own.from + screen.from, duration: screen.duration },
    }));
    from += duration;
    return [
      { ...own, file: `${dialogue}.mp3`, extension: 'mp3', type: 'audio/mp3', pauses },
      ...screenParts,
      // A text in the clear is nothing that a server recognises as media.
      ...(layout === 'plain' ? [] : [{ ...own, file: `${dialogue}.vtt`, extension: 'vtt', type: 'text/vtt' }]),
    ];
  });
}

async function storePart(
  id: string,
  call: PlannedCall,
  start: number,
  part: Part,
  target: CallTarget,
): Promise<object> {
  const certificate = call.expiredCertificate === true ? target.expired : target.certificate;
  const at = (offset: number): string => timeText(start + offset);
  const pauses = (part.pauses ?? []).map(({ from, to }) => ({
    startTime: at(part.from + from),
    stopTime: at(part.from + to),
  }));
  const { mediaFile } = await storeMediaFile({
    callUuid: id,
    extension: part.extension,
    type: part.type,
    layout: call.layout ?? 'detached',
    plaintext: plaintextOf(readFileSync(join(target.media, part.file))),
    startTime: at(part.from),
    // The other certificate is younger than the week.
    ...(call.expiredCertificate === true ? { at: new Date(start) } : {}),
    metadata: {
      stopTime: at(part.from + part.duration),
      duration: String(part.duration),
      tenant: 'Environment',
      ivrprofile: call.expiredCertificate === true ? 'archive' : call.team,
      parameters: {
        ...{ ani: call.caller, dnis: call.dialed, agentId: part.agent, GRECORD_PARTITIONS: `/${call.team}` },
      },
      ...(pauses.length === 0 ? {} : { pauses }),
    },
    contactCenter: target.contactCenter,
    directory: target.directory,
    certificates: [certificate],
    webdav: target.webdav,
  });
  return mediaFile;
}

function eventsOf({ caller }: PlannedCall, start: number, parts: readonly Part[]): object[] {
  const calls = parts.filter(({ type }) => type.startsWith('audio/'));
  const event = (offset: number, name: string, contact: object) => ({
    occurredAt: timeText(start + offset),
    event: name,
    contact,
  });
  const events = calls.flatMap(({ from, duration, agent, pauses = [] }) => {
    const contact = { userName: agent };
    return [
      event(from, 'Joined', contact),
      ...pauses.flatMap(pause => [
        event(from + pause.from, 'RecordingPaused', contact),
        event(from + pause.to, 'RecordingResumed', contact),
      ]),
      event(from + duration, 'Left', contact),
    ];
  });
  return [event(0, 'Joined', { phoneNumber: caller }), ...events];
}
