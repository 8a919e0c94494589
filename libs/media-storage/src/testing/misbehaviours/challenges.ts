import { createHash, randomBytes } from 'node:crypto';
import type { RawRequest } from '../faulty-storage.js';
import {
  fails,
  headOf,
  keepWriting,
  none,
  properAnswer,
  right,
  send,
  type Fields,
  type Misbehaviour,
  type Outcome,
} from './misbehaviour.js';

/** What these storages want. */
export const credentials = { userName: 'recorder', password: 'pass:wörd "quoted"' } as const;

const refused = fails('RCS_STORAGE_ACCESS_REFUSED');
const hashes = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
type Hash = keyof typeof hashes;

const authorizationIn = ({ head }: RawRequest): string => /^authorization: *(.*)$/im.exec(head)?.[1] ?? '';

/** One answer 401. */
function challenge(request: RawRequest, ...fields: readonly string[]): void {
  const challenges: Fields = fields.length === 0 ? {} : { 'WWW-Authenticate': fields };
  send(request, { status: '401 Who', fields: { 'Content-Length': 0, ...challenges }, body: none });
}

/** Answers as it should whoever `knows`, and with these challenges everybody else. */
const asking = (
  name: string,
  outcome: Outcome,
  challenges: readonly string[],
  knows: (request: RawRequest) => boolean,
): Misbehaviour => ({
  name,
  outcome,
  answer: (request, file) =>
    knows(request) ? send(request, properAnswer(request, file)) : challenge(request, ...challenges),
});

const { userName, password } = credentials;
const basic = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
const knowsBasic = (request: RawRequest): boolean => authorizationIn(request) === basic;

/** Whether the answer to a Digest challenge is right, computed as RFC 7616, 3.4 and RFC 2617, 3.2.2 say. */
const knowsDigest =
  (hash: Hash, session: boolean, nonce: string) =>
  (request: RawRequest): boolean => {
    const digest = (...parts: readonly string[]): string =>
      createHash(hashes[hash]).update(parts.join(':')).digest('hex');
    const field = (name: string): string =>
      new RegExp(`[ ,]${name}=(?:"([^"]*)"|([^", ]*))`).exec(authorizationIn(request))?.slice(1).join('') ?? '';
    const secret = digest(userName, 'recordings', password);
    const a1 = session ? digest(secret, nonce, field('cnonce')) : secret;
    const proof = field('qop') === '' ? [nonce] : [nonce, field('nc'), field('cnonce'), field('qop')];
    return (
      field('nonce') === nonce && field('response') === digest(a1, ...proof, digest(request.method, request.target))
    );
  };

const digestField = (hash: string, more: string): string =>
  `Digest realm="recordings", nonce="n-${hash}"${hash === '' ? '' : `, algorithm=${hash}`}${more}`;

const digests = (['MD5', 'SHA-256', 'SHA-512-256'] as const).flatMap(hash =>
  [false, true].flatMap(session => {
    const algorithm = session ? `${hash}-sess` : hash;
    return [', qop="auth"', ', qop="auth-int,auth", opaque="a b"', ''].map(more =>
      asking(
        `Digest ${algorithm}${more}`,
        right,
        [digestField(algorithm, more)],
        knowsDigest(hash, session, `n-${algorithm}`),
      ),
    );
  }),
);

/** Storages that ask for credentials, in more and less sensible ways; each is one storage of its own. */
export const challengeMisbehaviours: readonly Misbehaviour[] = [
  asking('Basic', right, ['Basic realm="recordings"'], knowsBasic),
  asking('Basic without a realm', right, ['Basic'], knowsBasic),
  asking('Basic behind something unheard of, in one field', right, ['Other a=b, Basic realm="x"'], knowsBasic),
  asking('Basic in a field of its own', right, ['Negotiate', 'Basic realm="x"'], knowsBasic),
  asking('Basic again, whatever is sent', refused, ['Basic realm="x"'], () => false),
  asking('Digest again, whatever is sent', refused, [digestField('MD5', ', qop="auth"')], () => false),
  asking('Digest, stale for ever', refused, [digestField('MD5', ', qop="auth", stale=true')], () => false),
  ...digests,
  asking('Digest without an algorithm', right, [digestField('', '')], knowsDigest('MD5', false, 'n-')),
  asking(
    'Digest with an algorithm from the future beside a known one',
    right,
    [digestField('SHA-9', ', qop="auth"'), digestField('SHA-256', ', qop="auth"')],
    knowsDigest('SHA-256', false, 'n-SHA-256'),
  ),
  ...[
    ['no challenge at all', []],
    ['a challenge of commas', [',,, = ,"']],
    ['a challenge without an end', ['Digest realm="recordings']],
    ['Negotiate alone', ['Negotiate']],
    ['Digest without a nonce', ['Digest realm="x"']],
    ['Digest that wants the body signed', [digestField('MD5', ', qop="auth-int"')]],
    ['Digest with an algorithm from the future', [digestField('SHA-9', '')]],
  ].map(([name, fields]) => asking(String(name), refused, [fields ?? []].flat(), () => false)),
  { name: 'a nonce that is good for one request', outcome: right, answer: oneNonceEach() },
  {
    name: 'a challenge whose body never ends',
    endless: true,
    outcome: right,
    answer: (request, file) => {
      if (knowsBasic(request)) return send(request, properAnswer(request, file));
      const fields = { 'Transfer-Encoding': 'chunked', 'WWW-Authenticate': 'Basic realm="x"' };
      request.socket.write(headOf('401 Who', fields));
      if (request.method !== 'HEAD') keepWriting(request, 50, () => '1\r\nx\r\n');
    },
  },
];

function oneNonceEach(): Misbehaviour['answer'] {
  const good = new Set<string>();
  return (request, file) => {
    const nonce = /nonce="(\w+)"/.exec(authorizationIn(request))?.[1] ?? '';
    if (good.delete(nonce) && knowsDigest('MD5', false, nonce)(request)) {
      send(request, properAnswer(request, file));
      return;
    }
    const next = randomBytes(8).toString('hex');
    good.add(next);
    challenge(request, `Digest realm="recordings", nonce="${next}", qop="auth", stale=true`);
  };
}
