import type { ConnectionOptions } from 'node:tls';
import { CertificateAuthority } from '#test/authority/server-authority.js';
import { examplePeople } from '#test/directory/example-people.js';
import { SlapdServer } from '#test/directory/slapd-server.js';
import { configurationSchema, type ConfigurationServerSettings } from '#platform';
import { LdapDirectory } from './ldap-directory.js';
import { openDirectory } from './open-directory.js';

jest.setTimeout(120_000);

const hour = 3_600_000;
const unavailable = { code: 'RCS_DIRECTORY_UNAVAILABLE', publicDetail: undefined };
const anthony = {
  userName: 'anthony',
  roles: ['supervisor'],
  privileges: ['decrypt-recording'],
  accessGroups: ['/Anthony', '/sales'],
  partitions: [],
  agentHierarchy: '/Anthony',
  agentIds: ['4711'],
};

function settings(changes: object): ConfigurationServerSettings {
  const server = {
    contactCenters: ['cc-1'],
    peopleBaseDn: 'ou=people,dc=example,dc=org',
    groupsBaseDn: 'ou=groups,dc=example,dc=org',
    groupGrants: [{ group: 'recording listeners', privileges: ['decrypt-recording'] }],
    attributes: { options: 'description' },
    ...changes,
  };
  const [parsed] = configurationSchema().parse({ configurationServers: [server] }).configurationServers;
  return parsed!;
}

const reader = { bindDn: 'cn=reader,dc=example,dc=org', bindPassword: 'reader-password' };
const template = { personDn: 'uid={userName},ou=people,dc=example,dc=org' };

describe(LdapDirectory.name, () => {
  let authority: CertificateAuthority;
  let other: CertificateAuthority;
  let server: SlapdServer;
  const open: LdapDirectory[] = [];
  const validUntil = new Date(Math.floor((Date.now() + hour) / 1000) * 1000);

  const issue = (commonName: string, dnsNames: string[], ipAddresses: string[] = []) =>
    authority.issue({ commonName, dnsNames, ipAddresses, uris: [], validUntil });

  beforeAll(async () => {
    authority = await CertificateAuthority.create({ commonName: 'Directory CA', validUntil });
    other = await CertificateAuthority.create({ commonName: 'Another CA', validUntil });
    server = await SlapdServer.start(examplePeople, await issue('directory', ['localhost'], ['127.0.0.1']));
  });
  afterEach(() => open.splice(0).forEach(directory => directory.close()));
  afterAll(() => server.stop());

  function directory(changes: object, outgoing: ConnectionOptions = {}): LdapDirectory {
    const opened = openDirectory(settings(changes), outgoing);
    open.push(opened);
    return opened;
  }
  const plain = (changes: object = {}): LdapDirectory =>
    directory({ urls: [`ldap://127.0.0.1:${server.ldapPort}`], ...changes });
  const trusted = (): ConnectionOptions => ({ ca: authority.certificatePem });

  describe.each([
    ['with an account that looks people up', reader],
    ['with the rights of the user alone', template],
  ])('%s', (_, access) => {
    it('reads options, groups and what they grant', async () => {
      expect(await plain(access).authenticate('anthony', 'pass:wörd')).toEqual(anthony);
    });

    it('reads the roles of Genesys RCS from the options of a person', async () => {
      expect(await plain(access).authenticate('john', 'john-password')).toMatchObject({
        roles: ['agent'],
        privileges: ['decrypt-recording'],
        agentHierarchy: '/Anthony/John',
      });
    });

    it('gives the name its own spelling, however it was typed', async () => {
      expect(await plain(access).authenticate('ANTHONY', 'pass:wörd')).toMatchObject({ userName: 'anthony' });
    });

    it.each([
      ['a wrong password', 'anthony', 'wrong'],
      ['an empty password', 'anthony', ''],
      ['an unknown name', 'nobody', 'pass:wörd'],
      ['an empty name', '', 'pass:wörd'],
      ['a person without a password', 'nothing', 'anything'],
      ['the account that looks people up', 'reader', 'reader-password'],
      ['a wildcard', '*', 'pass:wörd'],
      ['the beginning of a name', 'anth*', 'pass:wörd'],
      ['another filter', 'nobody)(uid=anthony', 'pass:wörd'],
      ['a filter that is always true', '*)(objectClass=*', 'pass:wörd'],
      ['an or', 'nobody)(|(uid=*', 'pass:wörd'],
      ['another place in the tree', 'anthony,ou=people', 'pass:wörd'],
      ['another attribute', 'x+uid=anthony', 'pass:wörd'],
      ['the account by its distinguished name', 'x,cn=reader,dc=example,dc=org', 'reader-password'],
      ['NUL', 'anthony\u0000', 'pass:wörd'],
      ['NUL and more', 'anthony\u0000)(uid=*', 'pass:wörd'],
      ['an escape of LDAP filters', 'anth\\6fny', 'pass:wörd'],
      ['a quote', '"anthony"', 'pass:wörd'],
      ['a very long name', 'a'.repeat(10_000), 'pass:wörd'],
    ])('refuses %s', async (_name, userName, password) => {
      expect(await plain(access).authenticate(userName, password)).toBeUndefined();
    });

    it('finds a person whose name is full of special characters', async () => {
      const odd = 'a,b*(c)\\d';
      expect(await plain(access).authenticate(odd, 'odd-password')).toMatchObject({ userName: odd, roles: ['agent'] });
    });

    it('serves many at once over few connections', async () => {
      const few = plain({ ...access, maxConnections: 2 });
      const answers = await Promise.all(
        Array.from({ length: 30 }, (__, index) => few.authenticate('anthony', index % 3 === 0 ? 'wrong' : 'pass:wörd')),
      );
      expect(answers.map(answer => answer?.userName)).toEqual(
        answers.map((__, index) => (index % 3 === 0 ? undefined : 'anthony')),
      );
    });
  });

  it('finds people without their password only with an account of its own', async () => {
    expect(await plain(reader).find('anthony', 'user-name')).toEqual(anthony);
    expect(await plain(reader).find('nobody', 'user-name')).toBeUndefined();
    expect(await plain(reader).find('4711', 'user-name')).toBeUndefined();
    expect(await plain(reader).find('4711', 'agent-id')).toEqual(anthony);
    expect(await plain(template).find('anthony', 'user-name')).toBeUndefined();
  });

  it('says so when its own account is refused', async () => {
    await expect(
      plain({ ...reader, bindPassword: 'changed' }).authenticate('anthony', 'pass:wörd'),
    ).rejects.toMatchObject(unavailable);
  });

  describe.each([
    ['LDAPS', (host: string) => ({ urls: [`ldaps://${host}:${server.ldapsPort}`] })],
    ['StartTLS', (host: string) => ({ urls: [`ldap://${host}:${server.ldapPort}`], tlsEnabled: true })],
  ])('over %s', (_, at) => {
    it.each(['localhost', '127.0.0.1'])('lets people in at %s when the authority is trusted', async host => {
      expect(await directory({ ...reader, ...at(host) }, trusted()).authenticate('anthony', 'pass:wörd')).toEqual(
        anthony,
      );
    });

    it('refuses a directory of another authority, and says why in the log only', async () => {
      const wrong = directory({ ...reader, ...at('localhost') }, { ca: other.certificatePem });
      await expect(wrong.authenticate('anthony', 'pass:wörd')).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringMatching(/certificate|issuer/) as string,
      });
    });

    it('refuses a directory that no system authority vouches for', async () => {
      await expect(
        directory({ ...reader, ...at('localhost') }).authenticate('anthony', 'pass:wörd'),
      ).rejects.toMatchObject(unavailable);
    });

    it('asks any directory when told not to check', async () => {
      const unchecked = directory({ ...reader, ...at('localhost') }, { rejectUnauthorized: false });
      expect(await unchecked.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
    });
  });

  describe('whose certificate has another name', () => {
    async function withCertificate(commonName: string, dnsNames: string[]): Promise<unknown> {
      const misnamed = await SlapdServer.start(examplePeople, await issue(commonName, dnsNames));
      try {
        const url = { urls: [`ldaps://localhost:${misnamed.ldapsPort}`] };
        return await directory({ ...reader, ...url }, trusted()).authenticate('anthony', 'pass:wörd');
      } finally {
        await misnamed.stop();
      }
    }

    it('is refused', async () => {
      await expect(withCertificate('directory', ['directory.example.org'])).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringContaining('localhost') as string,
      });
    });

    it('is accepted by the common name, as Genesys RCS does', async () => {
      expect(await withCertificate('LOCALHOST', ['directory.example.org'])).toEqual(anthony);
    });
  });

  it('shows its certificate to a directory that asks for one', async () => {
    const strict = await SlapdServer.start(examplePeople, {
      ...(await issue('directory', ['localhost'])),
      clientCaPem: authority.certificatePem,
    });
    try {
      const at = { ...reader, urls: [`ldaps://localhost:${strict.ldapsPort}`] };
      const { certificatePem: cert, privateKeyPem: key } = await issue('gateway', ['gateway']);
      expect(await directory(at, { ...trusted(), cert, key }).authenticate('anthony', 'pass:wörd')).toEqual(anthony);
      await expect(directory(at, trusted()).authenticate('anthony', 'pass:wörd')).rejects.toMatchObject(unavailable);
    } finally {
      await strict.stop();
    }
  });

  describe('that stops in mid-run', () => {
    const at = () => ({ ...reader, urls: [`ldaps://localhost:${server.ldapsPort}`] });

    it('answers 503 while it is away and works again when it is back', async () => {
      const steady = directory(at(), trusted());
      expect(await steady.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
      await server.halt();
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(steady.authenticate('anthony', 'pass:wörd')).rejects.toMatchObject(unavailable);
      }
      await server.run();
      expect(await steady.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
      expect(await steady.authenticate('anthony', 'wrong')).toBeUndefined();
    });

    it('never asks again in clear text after StartTLS was lost', async () => {
      const upgraded = directory(
        { ...reader, urls: [`ldap://localhost:${server.ldapPort}`], tlsEnabled: true },
        trusted(),
      );
      expect(await upgraded.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
      await server.halt();
      const bare = await SlapdServer.start(examplePeople, undefined, server.ldapPort);
      await expect(upgraded.authenticate('anthony', 'pass:wörd')).rejects.toMatchObject(unavailable);
      await bare.stop();
      await server.run();
      expect(await upgraded.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
    });

    it('gives up on a directory that is silent', async () => {
      const impatient = directory({ ...at(), timeoutMs: 500, connectTimeoutMs: 300 }, trusted());
      await server.freeze();
      try {
        await expect(impatient.authenticate('anthony', 'pass:wörd')).rejects.toMatchObject({
          ...unavailable,
          message: expect.stringContaining('in time') as string,
        });
      } finally {
        server.thaw();
      }
    });

    it('asks the next server of the list', async () => {
      const second = directory({ ...reader, urls: ['ldaps://localhost:1', ...at().urls] }, trusted());
      expect(await second.authenticate('anthony', 'pass:wörd')).toEqual(anthony);
    });
  });

  it('refuses StartTLS that the directory does not offer', async () => {
    const bare = await SlapdServer.start(examplePeople);
    try {
      const upgraded = directory(
        { ...reader, urls: [`ldap://localhost:${bare.ldapPort}`], tlsEnabled: true },
        trusted(),
      );
      await expect(upgraded.authenticate('anthony', 'pass:wörd')).rejects.toMatchObject({
        ...unavailable,
        message: expect.stringContaining('StartTLS') as string,
      });
    } finally {
      await bare.stop();
    }
  });
});
