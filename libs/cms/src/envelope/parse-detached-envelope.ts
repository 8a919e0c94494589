import { isOpentokArchive, parseOpentokArchive } from '../opentok/opentok-archive.js';
import { parseTwilioEnvelope } from '../twilio/twilio-envelope.js';
import type { EnvelopeTolerance } from './content-encryption.js';
import type { Envelope, RecipientIdentifier } from './envelope.js';
import { parseEnvelope } from './parse-envelope.js';
import { parseServiceJson, type ServiceKeyName } from './service-json.js';

/** An envelope that is kept apart from its content, whoever wrote it. */
export type DetachedEnvelope = Envelope<RecipientIdentifier | ServiceKeyName>;

const jsonObject = /^\s*\{/;

/**
 * Parses what the metadata of a recording keeps: the bytes of a CMS envelope (as `parseEnvelope` takes them), or the JSON
 * of a Twilio recording (as `parseTwilioEnvelope` takes it) or of an OpenTok archive (as `parseOpentokArchive`).
 * @throws CmsError
 */
export function parseDetachedEnvelope(bytes: Buffer, tolerance: EnvelopeTolerance = {}): DetachedEnvelope {
  if (!jsonObject.test(bytes.toString('latin1', 0, 64))) return parseEnvelope(bytes, tolerance);
  const json = bytes.toString('utf8');
  return isOpentokArchive(parseServiceJson(json)) ? parseOpentokArchive(json) : parseTwilioEnvelope(json);
}
