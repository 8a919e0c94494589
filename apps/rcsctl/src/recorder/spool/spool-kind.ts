import type { DetailOptions } from '../recording-details.js';

/** What a file of a spool says of its recording, by its name and by files beside it. */
export interface SpooledDetails extends DetailOptions {
  readonly callUuid?: string;
}

/** How one maker lays out its spool. */
export interface SpoolKind {
  /** Whether a file of this name is media, and not something that lies beside it. */
  isMedia(name: string): boolean;
  /** Places of a file beside the media, relative to its folder; the first that exists is read. */
  besides(name: string): readonly string[];
  /** Places of files that are there as long as the call goes on. */
  ongoing(name: string): readonly string[];
  /** @throws Error saying what is wrong with the file beside it. */
  details(name: string, beside: string | undefined): SpooledDetails;
}

const media = /\.(wav|wav49|mp3|ogg|opus|gsm|mp4|webm)$/i;
const withoutExtension = (name: string): string => name.replace(/\.[^.]+$/, '');
const secondsToTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** `type-dialed-caller-yyyyMMdd-HHmmss-uniqueid.wav`, as FreePBX has Asterisk's MixMonitor write it; times are UTC epochs in the unique id. */
const asteriskName = /^[a-z]+-([^-]*)-([^-]*)-\d{8}-\d{6}-(\d{9,11})\.(\d+)(?:-[^-]*)?$/i;

const asterisk: SpoolKind = {
  // The two directions of a call, which MixMonitor puts together when it ends.
  isMedia: name => media.test(name) && !/-(in|out)\.[^.]+$/i.test(name),
  besides: () => [],
  ongoing: () => [],
  details: name => {
    const [, dialed, caller, epoch, serial] = asteriskName.exec(withoutExtension(name)) ?? [];
    if (epoch === undefined) return {};
    return {
      callUuid: `${epoch}.${serial}`,
      start: secondsToTime(Number(epoch)),
      ...number('dialed', dialed),
      ...number('caller', caller),
    };
  },
};

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** `<uuid>.wav` with the call detail record of mod_json_cdr beside it, `<uuid>.cdr.json` or `a_<uuid>.cdr.json`. */
const freeswitch: SpoolKind = {
  isMedia: name => media.test(name),
  besides: name => {
    const found = uuid.exec(name)?.[0];
    return found === undefined ? [] : [`${found}.cdr.json`, `a_${found}.cdr.json`];
  },
  ongoing: () => [],
  details: (name, beside) => {
    const callUuid = uuid.exec(name)?.[0];
    const variables = beside === undefined ? {} : variablesIn(beside);
    const text = (key: string): string | undefined => {
      const value = variables[key];
      return typeof value === 'string' && value !== '' ? decoded(value) : undefined;
    };
    const start = Number(text('start_epoch') ?? 0);
    const stop = Number(text('end_epoch') ?? 0);
    return {
      ...(callUuid === undefined ? {} : { callUuid }),
      ...number('caller', text('caller_id_number')),
      ...number('dialed', text('destination_number')),
      ...(start > 0 ? { start: secondsToTime(start) } : {}),
      ...(stop > 0 ? { stop: secondsToTime(stop) } : {}),
    };
  },
};

/**
 * `<call id>-<16 hex digits>-mix.wav`, as rtpengine-recording names it by default. While the call goes on its metadata is
 * in the spool of rtpengine (`.meta`); with `recording-method=pcap` it is moved to a folder `metadata` at the end (`.txt`).
 */
const rtpengineName = /^(.+)-([0-9a-f]{16})(?:-mix|-[0-9a-f]{8})?$/i;

const rtpengineBase = (name: string): string | undefined => {
  const [, callId, random] = rtpengineName.exec(withoutExtension(name)) ?? [];
  return callId === undefined ? undefined : `${callId}-${random}`;
};

const rtpengine: SpoolKind = {
  isMedia: name => media.test(name) && rtpengineName.test(withoutExtension(name)),
  besides: name => {
    const base = rtpengineBase(name);
    return base === undefined ? [] : ['', 'metadata/', '../metadata/'].map(folder => `${folder}${base}.txt`);
  },
  ongoing: name => {
    const base = rtpengineBase(name);
    return base === undefined ? [] : ['', '../', '/var/spool/rtpengine/'].map(folder => `${folder}${base}.meta`);
  },
  details: (name, beside = '') => {
    const callId = rtpengineName.exec(withoutExtension(name))?.[1] ?? '';
    // Percent signs stand for what no file name may have.
    const field = (key: string): string | undefined =>
      new RegExp(`(?:^|[\\n|])${key}[:=] *([^|\\n]+)`, 'i').exec(beside)?.[1];
    return {
      ...(callId === '' ? {} : { callUuid: decoded(callId) }),
      ...time('start', field('call start time')),
      ...time('stop', field('call end time')),
      ...number('caller', field('from')),
      ...number('dialed', field('to')),
    };
  },
};

export const spoolKinds = { asterisk, freeswitch, rtpengine } as const satisfies Record<string, SpoolKind>;
export type SpoolKindName = keyof typeof spoolKinds;

function variablesIn(text: string): Readonly<Record<string, unknown>> {
  const record: unknown = JSON.parse(text);
  const variables = (record as { readonly variables?: unknown } | null)?.variables;
  if (typeof variables === 'object' && variables !== null) return variables as Record<string, unknown>;
  throw new Error('the call detail record has no variables');
}

/** mod_json_cdr encodes values as in URLs. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const number = (name: 'caller' | 'dialed', text: string | undefined): SpooledDetails =>
  text === undefined || !/^\+?[\w*#.@]{1,64}$/.test(text) ? {} : { [name]: text };

/** Seconds since 1970, or a time in words. */
function time(name: 'start' | 'stop', text: string | undefined): SpooledDetails {
  const seconds = Number(text);
  const at = text === undefined ? NaN : Number.isNaN(seconds) ? Date.parse(text) : seconds * 1000;
  return Number.isNaN(at) ? {} : { [name]: new Date(at).toISOString() };
}
