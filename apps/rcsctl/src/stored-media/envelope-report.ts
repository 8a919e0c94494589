import { formatBytes } from '../terminal/progress-bar.js';
import type { ContentDescription, EnvelopeDescription, RecipientDescription } from './describe-envelope.js';

const kinds = {
  'enveloped-data': 'CMS EnvelopedData',
  'auth-enveloped-data': 'CMS AuthEnvelopedData',
  'twilio-encryption-details': 'Twilio encryption_details',
  'opentok-archive-password': 'OpenTok archive password',
} as const;

const layouts = {
  attached: 'attached: the envelope stands at the head of the file',
  detached: 'detached: the file is ciphertext, the envelope lies elsewhere',
  'envelope only': 'an envelope only: its content lies elsewhere',
} as const;

const wrapperNames: Readonly<Record<string, string>> = {
  pem: 'PEM',
  smime: 'S/MIME',
  'signed-data': 'SignedData (its signature is not checked)',
};

/** The description as people read it. */
export function envelopeReport(description: EnvelopeDescription): string {
  const { file, size, wrapping, envelope, content, problem } = description;
  const lines: [string, string][] = [
    ['file', file],
    ['size', `${size} bytes`],
    ['layout', layoutText(description)],
  ];
  if (wrapping !== 'none')
    lines.push(['wrapped in', wrapping.replace(/[a-z0-9-]+/g, kind => wrapperNames[kind] ?? kind)]);
  if (envelope !== undefined) {
    const { algorithm, tagBytes } = envelope.contentEncryption;
    lines.push(['envelope', `${kinds[envelope.kind]}, version ${envelope.version}, SHA-256 ${envelope.digest}`]);
    lines.push(['content', `${algorithm}${tagBytes === undefined ? '' : `, tag of ${tagBytes} bytes`}`]);
  }
  if (content !== undefined) lines.push(...contentLines(content));
  envelope?.recipients.forEach((recipient, index) => lines.push([`recipient ${index + 1}`, recipientText(recipient)]));
  if (envelope !== undefined && envelope.otherRecipients > 0) {
    lines.push(['others', `${envelope.otherRecipients} recipients of kinds that no RSA key opens`]);
  }
  if (problem !== undefined) lines.push(['problem', problem]);
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}

function layoutText({ layout, format, trace, entropy }: EnvelopeDescription): string {
  if (layout === 'plain') return `no envelope: clear media (${format ?? ''})`;
  if (layout !== 'unrecognised') return layouts[layout];
  return trace === undefined
    ? `no envelope: raw ciphertext or unknown (entropy ${entropy ?? 0} of 8 bits per byte)`
    : `no envelope that can be read: ${trace}`;
}

function contentLines(content: ContentDescription): [string, string][] {
  const { form, addressing, ciphertextLength, authenticated, seekable } = content;
  const { minimum, maximum } = content.plaintextLength;
  const exact = minimum === maximum ? `${minimum} bytes` : `${minimum} to ${maximum} bytes, by the padding`;
  const segments = { contiguous: '', regular: ' of one size', indexed: ' of different sizes' }[addressing];
  return [
    ['form', form === 'segmented' ? `segments${segments}` : 'one run of bytes'],
    ['ciphertext', `${ciphertextLength} bytes (${formatBytes(ciphertextLength)})`],
    ['plaintext', exact],
    ['seekable', seekable ? seekableText(addressing, authenticated) : 'no'],
  ];
}

function seekableText(addressing: ContentDescription['addressing'], authenticated: boolean): string {
  if (authenticated) return 'yes, after the whole content was verified once';
  return addressing === 'indexed' ? 'yes, after the file was read once' : 'yes';
}

function recipientText(recipient: RecipientDescription): string {
  const { issuer, serialNumber, subjectKeyIdentifier, keyName, keyEncryption, oaep, encryptedKeyBits } = recipient;
  const who =
    keyName !== undefined
      ? `key ${keyName}`
      : subjectKeyIdentifier !== undefined
        ? `subject key identifier ${subjectKeyIdentifier}`
        : `issuer ${issuer ?? ''}, serial number ${serialNumber ?? ''}`;
  const parameters =
    oaep === undefined
      ? ''
      : ` (${oaep.hash}, MGF1 with ${oaep.mgf1Hash}${oaep.label === '' ? '' : `, label ${oaep.label}`})`;
  return `${who}; ${keyEncryption}${parameters}, ${encryptedKeyBits} bits`;
}
