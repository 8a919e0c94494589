import type { OpensslWorkshop, TestRecipient } from '../../../libs/cms/src/testing/openssl.js';
import type { Random } from '../world/random.js';

/** Our key pair, and recipients of others that stand beside it. */
export interface People {
  readonly us: TestRecipient;
  readonly rsaStranger: TestRecipient;
  readonly curveStranger: string;
}

export function makePeople(workshop: OpensslWorkshop): People {
  const [key, certificate] = [workshop.file('curve.key'), workshop.file('curve.pem')];
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate];
  workshop.run('req', '-x509', ...pair, '-days', '30', '-subj', '/CN=somebody with a curve');
  return { us: workshop.recipient('us'), rsaStranger: workshop.recipient('stranger'), curveStranger: certificate };
}

const ciphers = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc', 'aes-128-gcm', 'aes-256-gcm'];
const paddings = [
  [],
  [],
  ['rsa_padding_mode:oaep'],
  ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'],
  ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha512', 'rsa_mgf1_md:sha512', 'rsa_oaep_label:00ff'],
];

/** What openssl makes of a plaintext for us and for some others, in DER. */
export function encrypted(workshop: OpensslWorkshop, people: People, plaintext: Buffer, random: Random): Buffer {
  const ours = ['-recip', people.us.certificateFile, ...random.pick(paddings).flatMap(each => ['-keyopt', each])];
  const cipher = random.pick(ciphers);
  const others = [
    ['-recip', people.rsaStranger.certificateFile],
    ['-recip', people.rsaStranger.certificateFile, '-keyopt', 'rsa_padding_mode:oaep'],
    ['-recip', people.curveStranger],
    // openssl has no password for GCM.
    ...(cipher.endsWith('gcm') ? [] : [['-pwri_password', 'secret']]),
    ['-secretkey', '000102030405060708090a0b0c0d0e0f', '-secretkeyid', 'c0ffee'],
  ];
  const beside = random.sample(others, random.below(3));
  const recipients = random.chance(0.5) ? [...beside, ours] : [ours, ...beside];
  const form = [
    '-outform',
    'DER',
    ...(random.chance(0.5) ? ['-stream'] : []),
    ...(random.chance(0.3) ? ['-keyid'] : []),
  ];
  const input = ['-binary', '-in', workshop.file('plain', plaintext)];
  return workshop.output('cms', '-encrypt', `-${cipher}`, ...input, ...form, ...recipients.flat());
}
