import { z } from 'zod';
import { parseInput } from '#platform';

/** What somebody says of a recording, by options or in a file beside the media. */
export interface DetailOptions {
  readonly agent?: readonly string[];
  readonly caller?: string;
  readonly dialed?: string;
  readonly start?: string;
  readonly stop?: string;
  readonly duration?: string;
  readonly partition?: readonly string[];
  readonly ivrProfile?: string;
}

/** The fields of an insertion that a recorder knows. */
export interface RecordingDetails {
  readonly id?: string;
  /** `yyyy-MM-ddTHH:mm:ss.SSS+0000` */
  readonly startTime: string;
  /** Of the recording. */
  readonly recording: Readonly<Record<string, unknown>>;
  /** Of its media file. */
  readonly mediaFile: Readonly<Record<string, unknown>>;
}

const time = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(isoOf(text))), 'must be a time such as 2026-11-21T08:00:00Z')
  .transform(text => recorderTime(Date.parse(isoOf(text))));
const milliseconds = z.union([
  z.string().regex(/^\d{1,15}$/, 'must be milliseconds'),
  z.int().min(0).transform(String),
]);

/** These come from the file that is recorded: nobody else can know them. */
const own = ['mediaId', 'mediaDescriptor', 'pkcs7', 'certAlias', 'contentTree', 'size', 'startTime', 'stopTime'];

const sideFileSchema = z
  .object({
    id: z.string().optional(),
    startTime: time.optional(),
    stopTime: time.optional(),
    mediaFiles: z
      .undefined('is made of the file that is recorded: write what is known of it into mediaFile')
      .optional(),
    mediaFile: z
      .object({ duration: milliseconds.optional(), parameters: z.record(z.string(), z.unknown()).optional() })
      .catchall(z.unknown())
      .refine(file => own.every(name => !(name in file)), `must not have ${own.join(', ')}`)
      .optional(),
  })
  .catchall(z.unknown());

const optionsSchema = z.object({ start: time.optional(), stop: time.optional(), duration: milliseconds.optional() });

/**
 * Puts together what is known of a recording: options first, then the side file, then what the media itself says.
 * @param mediaDuration in milliseconds, where the media says it.
 * @param now for a recording of which nobody says when it began.
 * @throws RcsError naming what is wrong.
 */
export function recordingDetails(
  options: DetailOptions,
  sideFile: unknown,
  mediaDuration: number | undefined,
  now: Date,
): RecordingDetails {
  const { id, mediaFile = {}, ...side } = parseInput(sideFileSchema, sideFile);
  const said = parseInput(optionsSchema, options);
  const startTime = said.start ?? side.startTime ?? recorderTime(now.getTime());
  const stop = said.stop ?? side.stopTime;
  const duration = said.duration ?? mediaFile.duration ?? textOf(mediaDuration) ?? between(startTime, stop);
  const stopTime =
    stop ?? (duration === undefined ? undefined : recorderTime(Date.parse(isoOf(startTime)) + Number(duration)));
  const parameters = { ...mediaFile.parameters, ...ownersOf(options) };
  return {
    ...(id === undefined ? {} : { id }),
    startTime,
    recording: defined({
      ...side,
      startTime,
      stopTime,
      callerPhoneNumber: options.caller ?? side['callerPhoneNumber'],
      dialedPhoneNumber: options.dialed ?? side['dialedPhoneNumber'],
    }),
    mediaFile: defined({
      ...mediaFile,
      stopTime,
      duration,
      ivrprofile: options.ivrProfile ?? mediaFile['ivrprofile'],
      parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
    }),
  };
}

/** By these parameters a gateway knows who may listen. */
function ownersOf({ agent = [], partition = [] }: DetailOptions): Record<string, unknown> {
  return {
    ...(agent.length === 0 ? {} : { agentId: agent[0] }),
    ...(agent.length < 2 ? {} : { agents: agent.map(agentId => ({ agentId })) }),
    ...(partition.length === 0 ? {} : { GRECORD_PARTITIONS: partition.join(',') }),
  };
}

function between(start: string, stop: string | undefined): string | undefined {
  const length = stop === undefined ? -1 : Date.parse(isoOf(stop)) - Date.parse(isoOf(start));
  return length < 0 ? undefined : String(length);
}

const textOf = (number: number | undefined): string | undefined => (number === undefined ? undefined : String(number));

/** Recorders write zones without a colon, which ISO 8601 has where it has one in the time. */
const isoOf = (text: string): string => text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');

export const recorderTime = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

const defined = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
