import { client as hawkClient } from 'hawk';
import type { Random } from '../../../libs/cms/src/testing/fuzz/mutations.js';
import type { DescribedRoute } from './described-routes.js';
import { pick, sampleOf, texts, type Schema } from './json-samples.js';

/** Who sends requests, and where to. */
export interface Senders {
  readonly host: string;
  readonly gateway: string;
  /** Values of Authorization that are good. */
  readonly credentials: readonly string[];
  readonly hawk: { readonly id: string; readonly authKey: string };
  /** Real values of path parameters, for requests that change nothing. */
  readonly real: Readonly<Record<string, readonly string[]>>;
}

/** A request before it is bytes. */
export interface MadeRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** The body in pieces instead of with its length. */
  readonly chunked: boolean;
}

/** Makes requests that are well-formed, for every route, as every kind of sender. */
export class RequestMaker {
  constructor(
    private readonly senders: Senders,
    private readonly resolve: (reference: string) => Schema,
    private readonly random: Random,
  ) {}

  make(route: DescribedRoute): MadeRequest {
    const { method } = route;
    const target = this.pathOf(route) + this.queryOf(route);
    const [type, body] = this.bodyOf(route);
    return {
      method,
      target,
      body,
      chunked: body.length > 0 && this.random(5) === 0,
      fields: [
        ['Host', this.senders.host],
        ...(type === undefined ? [] : ([['Content-Type', type]] as const)),
        ...(makesKeys(route) && this.random(20) > 0 ? [] : this.authorization(method, target)),
        ...this.extras(),
      ],
    };
  }

  private pathOf({ method, url }: DescribedRoute): string {
    const isSafe = method === 'GET' || method === 'HEAD';
    return url.replace(/:(\w+)/g, (_, name: string) => {
      const real = isSafe ? (this.senders.real[name] ?? []) : [];
      const value = real.length > 0 && this.random(2) === 0 ? pick(real, this.random) : pick(texts, this.random);
      return encoded(value).slice(0, 2000);
    });
  }

  private queryOf({ query }: DescribedRoute): string {
    const given = query.filter(() => this.random(2) === 0);
    if (this.random(10) === 0) given.push(pick(texts, this.random), ...query);
    if (given.length === 0) return '';
    const value = (): string => encoded(pick(texts, this.random));
    return `?${given.map(name => `${encoded(name)}=${value()}`).join('&')}`;
  }

  private bodyOf({ method, body, form }: DescribedRoute): readonly [string | undefined, Buffer] {
    if (body === undefined && (method === 'GET' || method === 'HEAD' || this.random(4) > 0)) return [undefined, none];
    const value = sampleOf(body ?? {}, this.random, this.resolve);
    if (form && this.random(2) === 0) return [`multipart/form-data; boundary=${boundary}`, formOf(value)];
    return ['application/json', Buffer.from(JSON.stringify(value) ?? 'null')];
  }

  private authorization(method: string, target: string): (readonly [string, string])[] {
    if (target.startsWith('/key-management/') && this.random(4) > 0)
      return [['Authorization', this.hawk(method, target)]];
    switch (this.random(8)) {
      case 0:
        return [];
      case 1:
        return [['Cookie', `JSESSIONID=${pick(texts.slice(0, 12), this.random)}`]];
      case 2:
        return [['Authorization', `Bearer ${pick(['x', 'a.b.c', 'e30.e30.', 'x'.repeat(2000)], this.random)}`]];
      default:
        return [['Authorization', pick(this.senders.credentials, this.random)]];
    }
  }

  private hawk(method: string, target: string): string {
    const { id, authKey } = this.senders.hawk;
    const credentials = { id, key: authKey, algorithm: 'sha256' } as const;
    return hawkClient.header(`${this.senders.gateway}${target.split('?', 1)[0] ?? ''}`, method, { credentials }).header;
  }

  private extras(): readonly (readonly [string, string])[] {
    switch (this.random(12)) {
      case 0:
        return [['Origin', pick(['null', 'https://evil.test', this.senders.gateway], this.random)]];
      case 1:
        return [
          [
            'Range',
            pick(['bytes=0-0', 'bytes=-1', 'bytes=5-2', 'bytes=0-,0-', `bytes=${'0-1,'.repeat(300)}1-2`], this.random),
          ],
        ];
      case 2:
        return [['If-None-Match', pick(['*', '"x"', 'W/"x"', '"'.repeat(500)], this.random)]];
      case 3:
        return [['Expect', '100-continue']];
      case 4:
        return [['X-CSRF-TOKEN', 'x']];
      case 5:
        return [['ContactCenterId', pick(['x', '', 'ü'], this.random)]];
      case 6:
        return [['X-Forwarded-For', pick(['1.2.3.4', '[::1]:80', 'x', ','.repeat(500)], this.random)]];
      default:
        return [];
    }
  }
}

/** The token takes seconds for each: mostly those ask who may not. */
const makesKeys = ({ method, url }: DescribedRoute): boolean => method === 'POST' && /\/(keypair|keys)$/.test(url);

/** Half of a surrogate pair cannot be encoded. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '?'));

const none = Buffer.alloc(0);
const boundary = 'fuzz';

function formOf(value: unknown): Buffer {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [['a', value] as const];
  const parts = members.map(([name, member], index) => {
    const file = index % 2 === 0 ? '' : '; filename="f"';
    const label = name.replace(/["\r\n]/g, '');
    return `--${boundary}\r\nContent-Disposition: form-data; name="${label}"${file}\r\n\r\n${String(member)}\r\n`;
  });
  return Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
}

/** The request as it goes over the wire; the last one on a connection says so. */
export function bytesOf({ method, target, fields, body, chunked }: MadeRequest, isLast: boolean): Buffer {
  const half = Math.floor(body.length / 2);
  const chunk = (piece: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  const content = chunked
    ? Buffer.concat(
        [body.subarray(0, half), body.subarray(half)]
          .filter(({ length }) => length > 0)
          .map(chunk)
          .concat(Buffer.from('0\r\n\r\n')),
      )
    : body;
  const framing = chunked ? ['Transfer-Encoding: chunked'] : body.length > 0 ? [`Content-Length: ${body.length}`] : [];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...framing,
    ...(isLast ? ['Connection: close'] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}
