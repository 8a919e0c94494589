import type { PathProblemCode } from '../certificate-error.js';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import { MadeAuthority, type CertificateRequest } from '#test/openssl/made-authority.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { judgeCertificate, validateCertificatePath } from './validate-path.js';

const elliptic = { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] } as const;
const at = new Date('2026-06-01T00:00:00Z');
const keyUsage = 'keyUsage=critical,keyCertSign';
const basicConstraints = 'basicConstraints=critical,CA:TRUE';

describe(judgeCertificate.name, () => {
  const openssl = new OpenSsl();
  const made = new MadeAuthority(openssl);
  const leaf = (name: string, issuer: string | undefined, more: Partial<CertificateRequest> = {}): CertificateInfo =>
    made.certificate({ name, ...elliptic, ...(issuer === undefined ? {} : { issuer }), ...more });
  const authority = (name: string, issuer?: string, more: Partial<CertificateRequest> = {}): CertificateInfo =>
    made.authority(name, issuer, { ...elliptic, ...more });

  beforeAll(() => {
    authority('root');
    authority('middle', 'root');
  });
  afterAll(() => openssl.remove());

  const judge = (
    certificate: CertificateInfo,
    chain: readonly CertificateInfo[] = [],
    { allowSelfSigned = false, moment = at, roots = [made.get('root')] } = {},
  ): PathProblemCode[] =>
    judgeCertificate(certificate, { intermediates: chain, roots, allowSelfSigned, at: moment }).problems.map(
      ({ code }) => code,
    );

  it('accepts a chain over an intermediate authority, whatever else was sent and in whatever order', () => {
    const certificate = leaf('good', 'middle', { extensions: ['keyUsage=critical,keyEncipherment'] });
    const stranger = authority('stranger');
    const validation = {
      intermediates: [stranger, made.get('middle')],
      roots: [made.get('root')],
      allowSelfSigned: false,
      at,
    };
    const path = validateCertificatePath(certificate, validation);
    expect(path.map(({ issuedTo }) => issuedTo)).toEqual(['good', 'middle', 'root']);
  });

  it('accepts the certificate of the administrator guide when self-signed ones are allowed, and only then', () => {
    const certificate = leaf('tenant', undefined, { extensions: [basicConstraints] });
    expect(judge(certificate, [], { allowSelfSigned: true })).toEqual([]);
    expect(judge(certificate)).toEqual(['PATH_SELF_SIGNED']);
    expect(judge(certificate, [], { roots: [certificate] })).toEqual([]);
  });

  it('says of a chain in the wrong order, and of one without its root, what to do', () => {
    const messageOf = (certificate: CertificateInfo, chain: readonly CertificateInfo[], roots = [made.get('root')]) =>
      judgeCertificate(certificate, { intermediates: chain, roots, allowSelfSigned: false, at }).problems[0]?.message;
    const recording = leaf('ordered', 'middle', { extensions: ['keyUsage=critical,keyEncipherment'] });
    expect(messageOf(made.get('middle'), [recording])).toContain('put the recording certificate first');
    expect(messageOf(recording, [made.get('middle')], [])).toContain('recordingCertificates.rootCaFile');
    expect(messageOf(recording, [made.get('middle'), made.get('root')], [])).toContain(
      'recordingCertificates.rootCaFile',
    );
    const signing = leaf('signing', 'middle', { extensions: ['keyUsage=critical,digitalSignature'] });
    expect(messageOf(signing, [made.get('middle')])).toContain('must include keyEncipherment');
  });

  it('goes round an authority that does not fit when another of the same name does', () => {
    const first = authority('first', 'root', { subject: '/CN=Renewed' });
    const second = authority('second', 'root', { subject: '/CN=Renewed' });
    expect(judge(leaf('by-second', 'second'), [first, second])).toEqual([]);
    expect(judge(leaf('by-first', 'first'), [second, first])).toEqual([]);
    expect(judge(made.get('by-first'), [second])).toEqual(['PATH_SIGNATURE_WRONG']);
  });

  it('tells a chain without its middle, and one that ends at a stranger', () => {
    expect(judge(made.get('good'))).toEqual(['PATH_ISSUER_MISSING']);
    const certificate = leaf('strange', 'stranger');
    expect(judge(certificate, [made.get('stranger')])).toEqual(['PATH_ROOT_UNKNOWN']);
    expect(judge(certificate, [made.get('stranger')], { allowSelfSigned: true })).toEqual(['PATH_ROOT_UNKNOWN']);
  });

  it('refuses an expired intermediate, and every link outside its dates', () => {
    const old = authority('old', 'root', { notAfter: '20250101000000Z' });
    expect(judge(leaf('below-old', 'old'), [old])).toEqual(['PATH_EXPIRED']);
    expect(judge(made.get('below-old'), [old], { moment: new Date('2024-06-01T00:00:00Z') })).toEqual([]);
    const future = leaf('future', 'middle', { notBefore: '20300101000000Z' });
    expect(judge(future, [made.get('middle')])).toEqual(['PATH_NOT_YET_VALID']);
    const oldRoot = authority('old-root', undefined, { notAfter: '20250101000000Z' });
    expect(judge(leaf('below-old-root', 'old-root'), [], { roots: [oldRoot] })).toEqual(['PATH_EXPIRED']);
  });

  it.each<[string, readonly string[], readonly PathProblemCode[]]>([
    ['without basicConstraints', [keyUsage], ['PATH_NOT_AN_AUTHORITY']],
    ['that is no authority', ['basicConstraints=critical,CA:FALSE', keyUsage], ['PATH_NOT_AN_AUTHORITY']],
    ['without keyUsage', [basicConstraints], ['PATH_KEY_USAGE']],
    ['without keyCertSign', [basicConstraints, 'keyUsage=critical,cRLSign'], ['PATH_KEY_USAGE']],
    ['without extensions', [], ['PATH_NOT_AN_AUTHORITY', 'PATH_KEY_USAGE']],
    [
      'with an unknown critical extension',
      [basicConstraints, keyUsage, '1.2.3.4=critical,ASN1:UTF8String:x'],
      ['PATH_EXTENSION_UNKNOWN'],
    ],
    [
      'with a critical extended key usage, which this use does not fit',
      [basicConstraints, keyUsage, 'extendedKeyUsage=critical,serverAuth'],
      ['PATH_EXTENSION_UNKNOWN'],
    ],
  ])('refuses an authority %s', (name, extensions, problems) => {
    const file = name.replace(/\W/g, '-').slice(0, 40);
    const middle = authority(file, 'root', { extensions });
    expect(judge(leaf(`leaf-${file}`, file), [middle])).toEqual(problems);
  });

  it('ignores unknown extensions that are not critical and refuses critical ones of the recording certificate', () => {
    expect(judge(leaf('harmless', 'root', { extensions: ['1.2.3.4=ASN1:UTF8String:x'] }))).toEqual([]);
    const critical = leaf('critical', 'root', { extensions: ['1.2.3.4=critical,ASN1:UTF8String:x'] });
    expect(judge(critical)).toEqual(['PATH_EXTENSION_UNKNOWN']);
  });

  it('refuses a recording certificate that may only sign', () => {
    const certificate = leaf('signs', 'root', { extensions: ['keyUsage=critical,digitalSignature'] });
    expect(judge(certificate)).toEqual(['PATH_KEY_USAGE']);
  });

  it('counts the authorities below one with a path length, self-issued ones not', () => {
    const short = authority('short', 'root', { extensions: [`${basicConstraints},pathlen:0`, keyUsage] });
    expect(judge(leaf('direct', 'short'), [short])).toEqual([]);
    const below = authority('below-short', 'short');
    expect(judge(leaf('too-deep', 'below-short'), [short, below])).toEqual(['PATH_TOO_LONG']);
    const renewed = authority('renewed-short', 'short', { subject: '/CN=short' });
    expect(judge(leaf('self-issued', 'renewed-short'), [short, renewed])).toEqual([]);
  });

  it.each(['md5', 'sha1'])('refuses a chain signed with %s, at the leaf and above it', digest => {
    const strong = made.authority(`strong-${digest}`, 'root');
    expect(judge(leaf(`leaf-${digest}`, strong.issuedTo, { digest }), [strong])).toEqual(['PATH_SIGNATURE_WEAK']);
    const rsaRoot = made.authority(`root-${digest}`, undefined, { digest });
    const weak = made.authority(`middle-${digest}`, `root-${digest}`, { digest });
    expect(judge(leaf(`below-${digest}`, `middle-${digest}`), [weak], { roots: [rsaRoot] })).toEqual([
      'PATH_SIGNATURE_WEAK',
    ]);
    const selfSigned = leaf(`self-${digest}`, undefined, { digest, key: ['rsa:2048'] });
    expect(judge(selfSigned, [], { allowSelfSigned: true })).toEqual(['PATH_SIGNATURE_WEAK']);
  });

  it('does not mind how a root is signed: it is trusted because it is configured', () => {
    const root = made.authority('sha1-root', undefined, { digest: 'sha1' });
    expect(judge(leaf('below-sha1-root', 'sha1-root'), [], { roots: [root] })).toEqual([]);
  });

  it('refuses signatures by keys that are too small', () => {
    const small = made.authority('small', 'root', { key: ['rsa:1024'] });
    expect(judge(leaf('below-small', 'small'), [small])).toEqual(['PATH_KEY_WEAK']);
  });

  it('refuses a certificate whose signature was changed', () => {
    const genuine = made.get('good');
    const changed = Buffer.from(genuine.der);
    changed[changed.length - 5]! ^= 1;
    expect(judge({ ...genuine, der: changed, fingerprint: 'changed' }, [made.get('middle')])).toEqual([
      'PATH_SIGNATURE_WRONG',
    ]);
  });

  it('refuses an extension that occurs twice', () => {
    const genuine = made.get('critical');
    const [first, second] = [Buffer.from('551d0e', 'hex'), Buffer.from('551d23', 'hex')];
    const doubled = Buffer.from(genuine.der);
    const place = doubled.indexOf(second);
    if (place === -1) throw new Error('the certificate has no authorityKeyIdentifier');
    expect(doubled.includes(first)).toBe(true);
    first.copy(doubled, place);
    expect(judge({ ...genuine, der: doubled, fingerprint: 'doubled' })).toEqual(['PATH_EXTENSION_MALFORMED']);
  });

  describe('name constraints', () => {
    const constrained = (name: string, lines: readonly string[], sections = ''): CertificateInfo =>
      authority(name, 'root', {
        extensions: [basicConstraints, keyUsage, `nameConstraints=critical,@${name}-names`],
        sections: `[${name}-names]\n${lines.join('\n')}\n${sections}`,
      });

    it('holds subjects to the permitted directory names, whatever their case', () => {
      const bank = constrained('bank', ['permitted;dirName=bank-dn'], '[bank-dn]\nO=Bank');
      expect(judge(leaf('in-bank', 'bank', { subject: '/O=bank/CN=Recording' }), [bank])).toEqual([]);
      expect(judge(leaf('other-bank', 'bank', { subject: '/O=Other/CN=Recording' }), [bank])).toEqual([
        'PATH_NAME_NOT_PERMITTED',
      ]);
      const below = authority('bank-branch', 'bank', { subject: '/O=Other/CN=Branch' });
      expect(judge(leaf('by-branch', 'bank-branch', { subject: '/O=Bank/CN=R' }), [bank, below])).toEqual([
        'PATH_NAME_NOT_PERMITTED',
      ]);
    });

    it('refuses excluded names though others are permitted', () => {
      const all = constrained('all', ['permitted;DNS.1=example.com', 'excluded;DNS.1=secret.example.com']);
      const named = (name: string, alternative: string): CertificateInfo =>
        leaf(name, 'all', { extensions: [`subjectAltName=${alternative}`] });
      expect(judge(named('dns-in', 'DNS:a.example.com'), [all])).toEqual([]);
      expect(judge(named('dns-out', 'DNS:example.org'), [all])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      expect(judge(named('dns-like', 'DNS:badexample.com'), [all])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      expect(judge(named('dns-excluded', 'DNS:a.secret.example.com'), [all])).toEqual(['PATH_NAME_NOT_PERMITTED']);
    });

    it('knows e-mail, also in the subject, addresses and URIs', () => {
      const mixed = constrained('mixed', [
        'permitted;email.1=example.com',
        'permitted;IP.1=10.1.0.0/255.255.0.0',
        'permitted;URI.1=.example.com',
      ]);
      const named = (name: string, alternative: string): CertificateInfo =>
        leaf(name, 'mixed', { extensions: [`subjectAltName=${alternative}`] });
      expect(judge(named('all-in', 'email:a@example.com,IP:10.1.2.3,URI:https://a.example.com/x'), [mixed])).toEqual(
        [],
      );
      expect(judge(named('mail-out', 'email:a@example.org'), [mixed])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      expect(judge(named('ip-out', 'IP:10.2.2.3'), [mixed])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      expect(judge(named('uri-out', 'URI:https://example.com/x'), [mixed])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      const subject = '/CN=Recording/emailAddress=a@example.org';
      expect(judge(leaf('mail-in-subject', 'mixed', { subject }), [mixed])).toEqual(['PATH_NAME_NOT_PERMITTED']);
    });

    it('refuses names of a form that is constrained and cannot be compared', () => {
      const other = constrained('other-form', ['permitted;otherName.1=1.2.3.4;UTF8:x']);
      const certificate = leaf('other-name', 'other-form', { extensions: ['subjectAltName=otherName:1.2.3.4;UTF8:x'] });
      expect(judge(certificate, [other])).toEqual(['PATH_NAME_NOT_PERMITTED']);
      expect(judge(leaf('no-other-name', 'other-form'), [other])).toEqual([]);
    });
  });

  it('refuses an authority without a name (RFC 5280, 4.1.2.6)', () => {
    const nameless = authority('nameless', 'root', { subject: '/' });
    expect(judge(leaf('below-nameless', 'nameless'), [nameless])).toEqual(['PATH_NOT_AN_AUTHORITY']);
  });

  it('refuses more names and constraints than can be compared at once', () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `permitted;DNS.${at}=a${at}.example.com`);
    const many = authority('many', 'root', {
      extensions: [basicConstraints, keyUsage, 'nameConstraints=critical,@many-names'],
      sections: `[many-names]\n${lines.join('\n')}`,
    });
    const alternatives = (count: number): string[] => [
      `subjectAltName=${Array.from({ length: count }, (_, at) => `DNS:x${at}.a0.example.com`).join(',')}`,
    ];
    expect(judge(leaf('few-names', 'many', { extensions: alternatives(60) }), [many])).toEqual([]);
    expect(judge(leaf('many-names', 'many', { extensions: alternatives(1000) }), [many])).toEqual([
      'PATH_NAME_NOT_PERMITTED',
    ]);
  });

  it('takes for time stamps what is made for them alone, below authorities that may', () => {
    const stamping = (name: string, issuer: string, extensions: readonly string[]): PathProblemCode[] => {
      const certificate = leaf(name, issuer, { extensions });
      const intermediates = ['middle', 'of-servers'].map(one => made.get(one));
      const validation = { intermediates, roots: [made.get('root')], allowSelfSigned: false, at };
      expect(judgeCertificate(certificate, validation).problems).not.toEqual([]);
      return judgeCertificate(certificate, { ...validation, purpose: 'time-stamping' }).problems.map(
        ({ code }) => code,
      );
    };
    authority('of-servers', 'root', { extensions: [basicConstraints, keyUsage, 'extendedKeyUsage=serverAuth'] });
    const purpose = 'extendedKeyUsage=critical,timeStamping';
    expect(stamping('stamps', 'middle', [purpose, 'keyUsage=digitalSignature'])).toEqual([]);
    expect(stamping('stamps-by-servers', 'of-servers', [purpose, 'keyUsage=digitalSignature'])).toEqual([
      'PATH_KEY_USAGE',
    ]);
    for (const [index, extensions] of [
      ['extendedKeyUsage=critical,timeStamping,serverAuth'],
      ['extendedKeyUsage=critical,serverAuth'],
      [purpose, 'keyUsage=keyEncipherment'],
    ].entries())
      expect(stamping(`bad-${index}`, 'middle', extensions)).toContain('PATH_KEY_USAGE');
    const lax = leaf('lax', 'middle', { extensions: ['extendedKeyUsage=timeStamping'] });
    const way = { intermediates: [made.get('middle')], roots: [made.get('root')], allowSelfSigned: false, at };
    expect(judgeCertificate(lax, { ...way, purpose: 'time-stamping' }).problems[0]?.message).toContain(
      'must be critical',
    );
  });

  it('ends for authorities that certify one another in a circle', () => {
    const [left, right] = [authority('left'), authority('right')];
    const crossed = [
      authority('left-by-right', 'right', { subject: '/CN=left' }),
      authority('right-by-left', 'left', { subject: '/CN=right' }),
    ];
    expect(judge(leaf('in-circle', 'left'), [left, right, ...crossed])).toEqual(['PATH_ROOT_UNKNOWN']);
  });

  it('refuses a name that cannot be read instead of failing', () => {
    const genuine = made.get('good');
    const unreadable = { ...genuine, issuerDer: Buffer.from('0400', 'hex'), fingerprint: 'unreadable' };
    expect(judge(unreadable, [made.get('middle')])).toEqual(['PATH_EXTENSION_MALFORMED']);
  });
});
