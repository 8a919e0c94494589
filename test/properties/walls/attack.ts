import type { MadeCertificate } from '../media/made-certificate.js';
import type { Message } from '../world/caller.js';
import type { Side } from './side.js';

/** What B uploads: things of its own that are called like A's. */
export interface Collision {
  readonly name: string;
  /** The JSON of an upload. */
  readonly body: object;
  readonly certificate: MadeCertificate;
}

export interface Attack {
  readonly a: Side;
  readonly b: Side;
  readonly collisions: readonly Collision[];
}

/** One try of B's, under the eyes of the property. */
export interface Act {
  readonly message: Message;
  /** The same act with a name that nobody has: its answer must not tell the two apart. */
  readonly twin?: { readonly message: Message; readonly names: readonly [string, string] };
  /** What B does with what it got. */
  readonly follow?: (answer: string, attack: Attack) => readonly Message[];
  /** A plays this before what follows, so that workers remember it. */
  readonly warm?: string;
}

/** A name of A's, and one of the same form that nobody has. */
export type Name = readonly [string, string];

export const nobodys = (name: string): Name => [
  name,
  name.replace(/[a-z0-9](?=[^a-z0-9]*$)/i, 'q').replace(/walla/i, 'wallX'),
];
export const unknownUuid = '00000000-0000-4000-8000-000000000000';

/** `:name` in a URL becomes each of the names in turn, every other part what `parts` says; with each of the bodies. */
export function over(
  method: string,
  url: string,
  names: readonly Name[],
  bodies: readonly unknown[] = [undefined],
  parts: Readonly<Record<string, string>> = {},
): Act[] {
  const path = (name: string): string =>
    Object.entries(parts)
      .reduce((text, [part, value]) => text.replace(`:${part}`, encodeURIComponent(value)), url)
      .replace(/:[A-Za-z]+/, encodeURIComponent(name));
  return names.flatMap(([known, unknown]) =>
    bodies.map(json => ({
      message: { method, path: path(known), json },
      twin: {
        message: { method, path: path(unknown), json: renamed(json, known, unknown) },
        names: [known, unknown] as const,
      },
    })),
  );
}

/** Words of confirmation repeat the name. */
function renamed(json: unknown, known: string, unknown: string): unknown {
  return json === undefined ? undefined : JSON.parse(JSON.stringify(json).replaceAll(known, unknown));
}

export const plainly = (method: string, path: string, bodies: readonly unknown[] = [undefined]): Act[] =>
  bodies.map(json => ({ message: { method, path, json } }));
