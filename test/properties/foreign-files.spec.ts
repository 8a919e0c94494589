import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  BufferSource,
  CmsError,
  EncryptedMedia,
  readAttachedEnvelope,
  type ReadAttachedOptions,
  recogniseStoredFile,
} from '#cms';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { decryptSessionKey, OpensslWorkshop } from '../../libs/cms/src/testing/openssl.js';
import { foreignFile, type ForeignFile } from './foreign-files/forms.js';
import { encrypted, makePeople, type People } from './foreign-files/made-files.js';
import { propertyRun, say } from './world/property-run.js';
import { Random } from './world/random.js';

jest.setTimeout(3_600_000);

const run = propertyRun('foreign files');
const random = new Random(run.seed);
const never = new AbortController().signal;
const workshop = new OpensslWorkshop();
let people: People;

beforeAll(() => {
  people = makePeople(workshop);
});
afterAll(() => workshop.close());

/** What openssl makes of the file with our key; undefined where it makes nothing. It does not read AuthEnvelopedData in text. */
function opensslOpens({ stored, inform }: ForeignFile): Buffer | undefined {
  const key = ['-recip', people.us.certificateFile, '-inkey', people.us.keyFile];
  try {
    return workshop.output('cms', '-decrypt', '-binary', '-inform', inform, '-in', workshop.file('in', stored), ...key);
  } catch {
    return undefined;
  }
}

/** As a worker does: what turns out to be uneven is read once more. */
async function weOpen(stored: Buffer, options: ReadAttachedOptions = {}): Promise<Buffer | undefined> {
  const source = new BufferSource(stored);
  let uneven = false;
  try {
    const { envelope, contentMap } = await readAttachedEnvelope(source, never, options);
    for (const recipient of envelope.recipients) {
      try {
        const sessionKey = decryptSessionKey(recipient, people.us.privateKey);
        const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
        return await buffer(media.stream(0, media.plaintextLength, never));
      } catch (error) {
        // It is somebody else's.
        uneven ||= error instanceof CmsError && error.code === 'CMS_PATTERN_BROKEN';
      }
    }
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
  }
  return uneven && options.segmentSearch === undefined ? weOpen(stored, { segmentSearch: 'scan' }) : undefined;
}

it('what openssl opens is opened, to the same bytes, and what is not opened is never plain', async () => {
  const count = run.count(150, 6000);
  let [opened, refused] = [0, 0];
  const forms = new Map<string, number>();
  let made: Buffer = Buffer.alloc(0);
  let plaintext: Buffer = Buffer.alloc(0);
  for (let number = 0; number < count; number++) {
    // Making one costs more than wrapping it.
    if (number % 5 === 0) {
      plaintext = mediaLike(12 + random.below(random.pick([40, 5000, 30_000])));
      made = encrypted(workshop, people, plaintext, random);
    }
    const file = foreignFile(made, random);
    const theirs = opensslOpens(file);
    const ours = await weOpen(file.stored);
    const found = await recogniseStoredFile(new BufferSource(file.stored), never);
    const isWhole = file.form !== 'cut' && file.form !== 'gzip';
    const good =
      (theirs === undefined || !isWhole || ours?.equals(theirs) === true) &&
      (ours === undefined || ours.equals(plaintext)) &&
      (!isWhole || ours !== undefined) &&
      (file.stored.length < 8 || (found.kind !== 'media' && found.kind !== 'unknown'));
    if (!good) throw new Error(`${file.form}, file ${number}, found ${JSON.stringify(found)}: ${kept(file.stored)}`);
    if (ours === undefined) refused++;
    else opened++;
    if (theirs !== undefined) forms.set(file.form, (forms.get(file.form) ?? 0) + 1);
  }
  say(
    `foreign files: ${count} files, ${opened} opened, ${refused} refused; openssl opened ${JSON.stringify([...forms])}`,
  );
  // The oracle has to have said something about each form.
  for (const form of ['DER', 'PEM', 'S/MIME']) expect(forms.get(form)).toBeGreaterThan(count / 20);
});

function kept(stored: Buffer): string {
  const directory = join(tmpdir(), 'foreign-files');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${run.seed}-${stored.length}.bin`);
  writeFileSync(file, stored);
  return file;
}
