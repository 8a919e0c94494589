import type { ErrorCode } from '#platform';
import type { RawRequest } from '../faulty-storage.js';

/** A file of the storage, as a server that behaves would give it. */
export interface StoredBytes {
  readonly bytes: Buffer;
  readonly entityTag: string;
  readonly lastModified: string;
}

/** What may come of reading from a storage that misbehaves; wrong bytes never. */
export interface Outcome {
  /** Whether every byte may come. */
  readonly mayBeRight: boolean;
  /** How it may fail; nothing: it must not. */
  readonly codes: readonly ErrorCode[];
}

/** One way in which a storage answers otherwise than it should, or than is usual. */
export interface Misbehaviour {
  readonly name: string;
  readonly outcome: Outcome;
  /** Its answers do not end: whoever does not want them any more has to close the connection. */
  readonly endless?: true;
  /** @param turn how many requests for this file there have been, with this one */
  readonly answer: (request: RawRequest, file: StoredBytes, turn: number) => void;
}

/** It has to be read right. */
export const right: Outcome = { mayBeRight: true, codes: [] };
export const fails = (...codes: readonly ErrorCode[]): Outcome => ({ mayBeRight: false, codes });
/** It depends on which bytes are read, and how. */
export const mayFail = (...codes: readonly ErrorCode[]): Outcome => ({ mayBeRight: true, codes });

export type Fields = Readonly<Record<string, string | number | readonly string[]>>;

/** A whole answer, in parts that can be changed. */
export interface Answer {
  readonly status: string;
  readonly fields: Fields;
  readonly body: Buffer;
}

/** The head of an answer; a list is a field that is there several times. */
export function headOf(status: string, fields: Fields, version = 'HTTP/1.1'): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => [value].flat().map(one => `${name}: ${one}\r\n`));
  return `${version} ${status}\r\n${lines.join('')}\r\n`;
}

/** Which bytes were asked for, clipped to the file; undefined for all of them. */
export function rangeAsked({ range }: RawRequest, size: number): [start: number, end: number] | undefined {
  const [, start = '', last = ''] = /bytes=(\d*)-(\d*)/.exec(range ?? '') ?? [];
  if (start === '' && last === '') return undefined;
  if (start === '') return [Math.max(0, size - Number(last)), size];
  return [Number(start), Math.min(size, last === '' ? size : Number(last) + 1)];
}

export const stateOf = ({ entityTag, lastModified }: StoredBytes): Fields => ({
  ETag: entityTag,
  'Last-Modified': lastModified,
});

/** All of the file, whatever was asked for. */
export const wholeAnswer = ({ method }: RawRequest, file: StoredBytes): Answer => ({
  status: '200 OK',
  fields: { 'Content-Length': file.bytes.length, 'Accept-Ranges': 'bytes', ...stateOf(file) },
  body: method === 'HEAD' ? Buffer.alloc(0) : file.bytes,
});

/** What a server that behaves answers. */
export function properAnswer(request: RawRequest, file: StoredBytes): Answer {
  const { bytes } = file;
  const range = request.method === 'HEAD' ? undefined : rangeAsked(request, bytes.length);
  if (range === undefined) return wholeAnswer(request, file);
  const [start, end] = range;
  if (start >= end) return { status: '416 No', fields: { 'Content-Range': `bytes */${bytes.length}` }, body: none };
  return {
    status: '206 Partial Content',
    fields: {
      'Content-Length': end - start,
      'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}`,
      ...stateOf(file),
    },
    body: bytes.subarray(start, end),
  };
}

export const none = Buffer.alloc(0);

export function send({ socket }: RawRequest, { status, fields, body }: Answer, version?: string): void {
  socket.write(Buffer.concat([Buffer.from(headOf(status, fields, version), 'latin1'), body]));
}

export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Without what says how long the body is. */
export const withoutLength = (fields: Fields): Fields => without(fields, 'Content-Length');

export const chunk = (bytes: Buffer): Buffer =>
  bytes.length === 0
    ? none
    : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
export const lastChunk = Buffer.from('0\r\n\r\n');

/** Writes again and again until the other side leaves. */
export function keepWriting({ socket }: RawRequest, everyMs: number, piece: (count: number) => Buffer | string): void {
  let count = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(piece(count++));
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Changes the proper answer. */
export const changed =
  (change: (answer: Answer, request: RawRequest, file: StoredBytes, turn: number) => Answer): Misbehaviour['answer'] =>
  (request, file, turn) =>
    send(request, change(properAnswer(request, file), request, file, turn));

/** Changes the fields of the proper answer, where it is one for a range. */
export const rangeFields = (change: (fields: Fields, range: readonly [number, number], size: number) => Fields) =>
  changed((answer, request, { bytes }) => {
    const range = rangeAsked(request, bytes.length);
    if (range === undefined || request.method === 'HEAD') return answer;
    return { ...answer, fields: change(answer.fields, range, bytes.length) };
  });
