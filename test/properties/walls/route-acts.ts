import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { archiveRecipient } from './archive-recipient.js';
import { nobodys, over, plainly, unknownUuid, type Act, type Attack, type Name } from './attack.js';
import { keyManagerSecret } from './picture.js';
import type { WallRecording } from './side.js';

/** B's own, and what would lie where A's are. */
const settingsOf: readonly unknown[] = [
  { name: 'decrypt-uri-prefix', location: '/wallB', value: 'https://wallB.example.net' },
  {
    name: 'storage',
    location: '/wallB',
    value: [{ storageType: 'webDAV', credential: { storagePath: 'http://127.0.0.1:1/recordings' } }],
  },
];

type RouteActs = (attack: Attack) => readonly Act[];

const aliases = ({ a }: Attack): Name[] => [
  ...a.certificates.map(({ alias }) => nobodys(alias)),
  nobodys(a.generatedKey),
];
const onName = ({ a }: Attack, url: string, name: Name, bodies: readonly unknown[]): Act[] =>
  over('DELETE', url, [name], bodies).map(act => (name[0] === a.certificates[2]!.alias ? act : withoutTwin(act)));
/** Acts on certificates by their alias. B has some of its own that are called like A's; an answer about these tells nothing. */
const onCertificates = (attack: Attack, method: string, url: string, bodies?: readonly unknown[]): Act[] =>
  over(method, url, aliases(attack), bodies).map(act =>
    act.twin?.names[0] === attack.a.certificates[2]!.alias ? act : withoutTwin(act),
  );
const people = ({ a }: Pick<Attack, 'a'>): Name[] =>
  [a.admin, a.supervisor, a.keyAdministrator].map(({ name }) => nobodys(name));
const recordings = ({ a }: Attack): WallRecording[] => a.recordings.filter((_, index) => index % 3 === 0);
const recordingNames = (attack: Attack): Name[] => recordings(attack).map(({ id }) => nobodys(id));
const uuid = (value: string): Name[] => [[value, unknownUuid]];
const profiles = ({ a }: Attack): Name[] => [nobodys(a.profile)];
const password = 'another long password of properties 2';
const lkm = '/key-management/v1';

/** How B attacks A through each way into the gateway. A route that is not here fails the property. */
export const routeActs: Readonly<Record<string, RouteActs>> = {
  ...playbackRoutes('/api/v2/recordings'),
  ...playbackRoutes('/recordings'),
  'GET /api/v2/recordings': ({ a }) => [
    ...plainly('GET', '/api/v2/recordings?callerPhoneNumber=*'),
    ...plainly('GET', '/api/v2/recordings?startTime=2000-01-01T00:00:00Z&limit=1'),
    ...over('GET', '/api/v2/recordings?callerPhoneNumber=:number', [nobodys(`${a.prefix}-caller`)]),
    ...over('GET', '/api/v2/recordings?userName=:name', [...people({ a }), nobodys(`${a.prefix}-agent`)]),
  ],
  'GET /api/v2/recordings/:id': attack => over('GET', '/api/v2/recordings/:id', recordingNames(attack)),
  'POST /api/v2/recordings/:id': attack =>
    over(
      'POST',
      '/api/v2/recordings/:id',
      recordingNames(attack),
      ['applyNonDelete', 'unapplyNonDelete'].map(operationName => ({ operationName })),
    ),
  'GET /api/v2/recording-label-definitions': () => plainly('GET', '/api/v2/recording-label-definitions'),
  'POST /api/v2/recording-label-definitions': () =>
    plainly('POST', '/api/v2/recording-label-definitions', [{ name: 'of-b' }]),
  'GET /api/v2/recording-label-definitions/:name': ({ a }) =>
    over('GET', '/api/v2/recording-label-definitions/:name', [nobodys(a.label)]),
  'PUT /api/v2/recording-label-definitions/:name': ({ a }) =>
    over('PUT', '/api/v2/recording-label-definitions/:name', [nobodys(a.label)], [{ displayName: 'taken over' }]),
  'DELETE /api/v2/recording-label-definitions/:name': ({ a }) =>
    over('DELETE', '/api/v2/recording-label-definitions/:name', [nobodys(a.label)]),
  'GET /api/v2/recordings/:id/labels': attack => over('GET', '/api/v2/recordings/:id/labels', recordingNames(attack)),
  'POST /api/v2/recordings/:id/labels': attack =>
    over('POST', '/api/v2/recordings/:id/labels', recordingNames(attack), [{ name: attack.a.label }, { name: 'of-b' }]),
  'GET /api/v2/recordings/:id/labels/:name': attack =>
    over('GET', '/api/v2/recordings/:id/labels/:name', recordingNames(attack), [undefined], { name: attack.a.label }),
  'DELETE /api/v2/recordings/:id/labels/:name': attack =>
    over('DELETE', '/api/v2/recordings/:id/labels/:name', recordingNames(attack), [undefined], {
      name: attack.a.label,
    }),
  'POST /api/v2/recording-labels': attack =>
    recordingNames(attack).map(([known, unknown]) => ({
      message: { method: 'POST', path: '/api/v2/recording-labels', json: { name: 'of-b', recordings: [known] } },
      twin: {
        message: { method: 'POST', path: '/api/v2/recording-labels', json: { name: 'of-b', recordings: [unknown] } },
        names: [known, unknown] as const,
      },
    })),
  'POST /api/v2/recordings/:id/play-tickets': attack =>
    recordings(attack).flatMap(({ id, mediaFile }) =>
      over(
        'POST',
        '/api/v2/recordings/:id/play-tickets',
        [nobodys(id)],
        [{}, { mediaId: (mediaFile as { mediaId: string }).mediaId }],
      ),
    ),
  'POST /internal-api/contact-centers/:contactCenter/recordings': attack => insertions(attack, 'internal-api'),
  'POST /api/contact-centers/:contactCenter/recordings': attack => insertions(attack, 'api'),

  'DELETE /api/v2/ops/contact-centers/:contactCenter/recordings/:id': attack =>
    [attack.a, attack.b].flatMap(({ contactCenter }) =>
      over('DELETE', `/api/v2/ops/contact-centers/${contactCenter.id}/recordings/:id`, recordingNames(attack)),
    ),
  'GET /api/v2/ops/contact-centers/:contactCenter/mounted-recordings': attack =>
    [attack.a, attack.b].flatMap(({ contactCenter }) =>
      plainly('GET', `/api/v2/ops/contact-centers/${contactCenter.id}/mounted-recordings`),
    ),
  'DELETE /api/v2/ops/contact-centers/:contactCenter/mounted-recordings/:id': attack =>
    [attack.a, attack.b].flatMap(({ contactCenter }) =>
      over(
        'DELETE',
        `/api/v2/ops/contact-centers/${contactCenter.id}/mounted-recordings/:id?storage=webDAV&path=archive.zip`,
        recordingNames(attack),
      ),
    ),
  'GET /api/v2/ops/contact-centers': () => plainly('GET', '/api/v2/ops/contact-centers'),
  'GET /api/v2/ops/contact-centers/:contactCenter/features': ({ a }) =>
    over('GET', '/api/v2/ops/contact-centers/:contactCenter/features', [nobodys(a.contactCenter.id)]),
  'POST /api/v2/ops/contact-centers/:contactCenter/features': ({ a }) =>
    over(
      'POST',
      '/api/v2/ops/contact-centers/:contactCenter/features',
      [nobodys(a.contactCenter.id)],
      [{ uris: ['/api/api-voice-recording'] }],
    ),
  'GET /api/v2/ops/removals': attack =>
    [attack.a, attack.b].flatMap(({ contactCenter }) =>
      plainly('GET', `/api/v2/ops/removals?contactCenter=${contactCenter.id}`),
    ),
  'POST /api/v2/ops/removals': attack =>
    recordingNames(attack).map(([known, unknown]) => {
      const act = (recordingId: string) => ({ method: 'POST', path: '/api/v2/ops/removals', json: { recordingId } });
      return { message: act(known), twin: { message: act(unknown), names: [known, unknown] as const } };
    }),
  'GET /api/v2/ops/hand-overs': () =>
    ['given-up', 'waiting'].flatMap(state => plainly('GET', `/api/v2/ops/hand-overs?state=${state}`)),
  'POST /api/v2/ops/hand-overs': attack =>
    recordingNames(attack).map(([known, unknown]) => {
      const act = (recordingId: string) => ({
        method: 'POST',
        path: '/api/v2/ops/hand-overs',
        json: { operationName: 'discard', recordingId, receiver: 'https://receiver.example.com/' },
      });
      return { message: act(known), twin: { message: act(unknown), names: [known, unknown] as const } };
    }),
  'GET /rcs/recordings/:id/listeners': attack => over('GET', '/rcs/recordings/:id/listeners', recordingNames(attack)),
  'GET /rcs/recordings/:id/holds': attack => over('GET', '/rcs/recordings/:id/holds', recordingNames(attack)),
  'POST /rcs/recordings/:id/holds': attack =>
    over('POST', '/rcs/recordings/:id/holds', recordingNames(attack), [{ reason: 'of B' }]),
  'DELETE /rcs/recordings/:id/holds/:hold': attack =>
    over('DELETE', '/rcs/recordings/:id/holds/:hold', recordingNames(attack), [undefined], { hold: unknownUuid }),
  'POST /rcs/archives': ({ a }) =>
    a.recordings
      .filter((_, index) => index % 3 === 0)
      .flatMap(({ id }) =>
        // As it lies there, and re-wrapped for a recipient that B may have.
        [{}, { recipientCertificate: archiveRecipient.pem, plainMedia: 'encrypt' }].map(way => {
          const of = (recording: string) => ({
            method: 'POST',
            path: '/rcs/archives',
            json: { recordings: [recording], reason: 'to take along', ...way },
          });
          const [known, unknown] = nobodys(id);
          return { message: of(known), twin: { message: of(unknown), names: [known, unknown] as const } };
        }),
      ),
  'POST /rcs/archive-jobs': ({ a }) =>
    plainly('POST', '/rcs/archive-jobs', [
      {
        recordings: [a.recordings[0]!.id],
        reason: 'to take along',
        destination: { path: 'archives-of-b' },
      },
    ]),
  'GET /rcs/archive-jobs': () => plainly('GET', '/rcs/archive-jobs'),
  'GET /rcs/archive-jobs/:id': ({ a }) => over('GET', '/rcs/archive-jobs/:id', uuid(a.archiveJob)),
  'POST /rcs/archive-jobs/:id/pause': ({ a }) => over('POST', '/rcs/archive-jobs/:id/pause', uuid(a.archiveJob)),
  'POST /rcs/archive-jobs/:id/resume': ({ a }) => over('POST', '/rcs/archive-jobs/:id/resume', uuid(a.archiveJob)),
  'DELETE /rcs/archive-jobs/:id': ({ a }) => over('DELETE', '/rcs/archive-jobs/:id', uuid(a.archiveJob)),
  'GET /rcs/archive-jobs/:id/parts/:number': ({ a }) =>
    over('GET', '/rcs/archive-jobs/:id/parts/1', uuid(a.archiveJob)),
  'GET /rcs/kept-archives': attack => [
    ...plainly('GET', '/rcs/kept-archives'),
    ...over('GET', '/rcs/kept-archives?certificate=:alias', aliases(attack)).map(withoutTwin),
  ],
  'POST /rcs/kept-archives/:id/release': ({ a }) =>
    over('POST', '/rcs/kept-archives/:id/release', uuid(a.keptArchive), [{ reason: 'of B' }]),
  'GET /rcs/archive-schedule': () => plainly('GET', '/rcs/archive-schedule'),
  'PUT /rcs/archive-schedule': () =>
    plainly('PUT', '/rcs/archive-schedule', [{ at: '03:00', reason: 'of B', destination: { path: 'archives-of-b' } }]),
  'DELETE /rcs/archive-schedule': () => plainly('DELETE', '/rcs/archive-schedule'),
  'GET /rcs/retention': () => plainly('GET', '/rcs/retention'),
  'PUT /rcs/retention': ({ a }) =>
    plainly('PUT', '/rcs/retention', [
      { rules: [{ label: a.label, days: 1 }] },
      { rules: [{ ivrProfile: a.profile, days: 1 }] },
    ]),
  'GET /rcs/retention/expired': () => plainly('GET', '/rcs/retention/expired'),
  'POST /rcs/erasures': attack => [
    ...recordingNames(attack).map(([known, unknown]) => ({
      message: { method: 'POST', path: '/rcs/erasures', json: { reason: 'of B', recordings: [known] } },
      twin: {
        message: { method: 'POST', path: '/rcs/erasures', json: { reason: 'of B', recordings: [unknown] } },
        names: [known, unknown] as const,
      },
    })),
    ...plainly('POST', '/rcs/erasures', [
      { reason: 'of B', subject: { phoneNumber: `${attack.a.prefix}-caller` } },
      { reason: 'of B', subject: { userName: `${attack.a.prefix}-agent` } },
    ]),
  ],

  'POST /rcs/media-encryptions/places': attack =>
    recordings(attack).map(({ path }) => {
      const [known, unknown] = nobodys(path);
      const act = (asked: string) => ({
        method: 'POST',
        path: '/rcs/media-encryptions/places',
        json: { paths: [asked] },
      });
      return { message: act(known), twin: { message: act(unknown), names: [known, unknown] as const } };
    }),
  'POST /rcs/media-encryptions': attack => mediaEncryptions(attack, 'POST', {}),
  'PUT /rcs/media-encryptions': attack =>
    mediaEncryptions(attack, 'PUT', { newPath: 'of-b.bin', pkcs7: 'MAA=', certAlias: ['of-b'] }),

  'GET /rcs/recordings/index-status': () => plainly('GET', '/rcs/recordings/index-status'),
  'POST /rcs/recordings/index-status/:recording/give-up': attack =>
    recordingNames(attack).flatMap(name =>
      over('POST', '/rcs/recordings/index-status/:recording/give-up', [name], [{}, { confirm: name[0] }]),
    ),
  'POST /rcs/recordings/index-status/retry': () => plainly('POST', '/rcs/recordings/index-status/retry'),

  'GET /rcs/custody': () => plainly('GET', '/rcs/custody'),
  'POST /rcs/custody/proofs': ({ a }) =>
    plainly('POST', '/rcs/custody/proofs', [{}, { after: a.recordings[0]!.id.slice(0, -1) }]),
  'GET /rcs/custody/media-files': () => plainly('GET', '/rcs/custody/media-files'),

  'GET /api/v2/me': () => plainly('GET', '/api/v2/me'),
  'POST /api/v2/sessions': ({ a }) =>
    plainly('POST', '/api/v2/sessions', [
      { userName: a.admin.name, password },
      { userName: a.admin.name, password: '' },
    ]),
  'GET /api/v2/sessions': () => plainly('GET', '/api/v2/sessions'),
  'DELETE /api/v2/sessions/current': () => plainly('DELETE', '/api/v2/sessions/current'),
  'DELETE /api/v2/sessions/:id': ({ a }) => over('DELETE', '/api/v2/sessions/:id', uuid(a.session)),
  'DELETE /api/v2/sessions': () => plainly('DELETE', '/api/v2/sessions'),
  'GET /api/v2/users/:userName/sessions': attack => over('GET', '/api/v2/users/:userName/sessions', people(attack)),
  'DELETE /api/v2/users/:userName/sessions': attack =>
    over('DELETE', '/api/v2/users/:userName/sessions', people(attack)),
  'DELETE /api/v2/users/:userName/sessions/:id': attack =>
    over('DELETE', '/api/v2/users/:userName/sessions/:id', people(attack), [undefined], { id: attack.a.session }),

  'GET /rcs/certificates': () => plainly('GET', '/rcs/certificates?deleted=true'),
  'GET /rcs/certificates/:alias': attack => onCertificates(attack, 'GET', '/rcs/certificates/:alias'),
  'POST /rcs/certificates/inspect': ({ a }) =>
    plainly('POST', '/rcs/certificates/inspect', [
      { certificate: a.certificates[0]!.certificate.pem },
      { certificate: a.certificates[0]!.certificate.pem, alias: a.certificates[0]!.alias },
    ]),
  // To a profile of B's own: one under the name of A's would tell B something of itself, which the acts on profiles do for it.
  'POST /rcs/certificates': ({ b, collisions }) =>
    plainly(
      'POST',
      '/rcs/certificates',
      collisions.flatMap(({ body }) => [body, { ...body, assignTo: b.profile }]),
    ),
  'POST /rcs/certificates/:alias/renew': attack =>
    onCertificates(attack, 'POST', '/rcs/certificates/:alias/renew', [
      { successor: attack.b.certificates[0]!.alias },
      { successor: attack.a.certificates[1]!.alias },
    ]).concat(
      over(
        'POST',
        '/rcs/certificates/:alias/renew',
        [[attack.b.certificates[0]!.alias, 'wallB-none']],
        [{ successor: attack.a.certificates[0]!.alias }],
      ).map(withoutTwin),
    ),
  'DELETE /rcs/certificates/:alias': attack =>
    aliases(attack).flatMap(name => onName(attack, '/rcs/certificates/:alias', name, [{}, { force: name[0] }])),
  'DELETE /rcs/certificates/:alias/key': attack =>
    aliases(attack).flatMap(name => onName(attack, '/rcs/certificates/:alias/key', name, [{}, { confirm: name[0] }])),
  'POST /rcs/certificates/:alias/restore-key': attack =>
    onCertificates(attack, 'POST', '/rcs/certificates/:alias/restore-key'),
  'POST /rcs/certificates/:alias/rewrap': attack =>
    onCertificates(attack, 'POST', '/rcs/certificates/:alias/rewrap', [
      { to: attack.b.certificates[0]!.alias, mode: 'replace' },
    ]).concat(
      plainly('POST', `/rcs/certificates/${attack.b.certificates[1]!.alias}/rewrap`, [
        { to: attack.a.certificates[0]!.alias },
      ]),
    ),
  'GET /rcs/certificates/:alias/rewrap': attack => onCertificates(attack, 'GET', '/rcs/certificates/:alias/rewrap'),
  'GET /rcs/rewraps': () => plainly('GET', '/rcs/rewraps'),
  'GET /rcs/rewraps/:id': ({ a }) => over('GET', '/rcs/rewraps/:id', uuid(a.rewrap)),
  'POST /rcs/rewraps/:id/pause': ({ a }) => over('POST', '/rcs/rewraps/:id/pause', uuid(a.rewrap)),
  'POST /rcs/rewraps/:id/resume': ({ a }) => over('POST', '/rcs/rewraps/:id/resume', uuid(a.rewrap)),
  'GET /rcs/certificate-events': () => plainly('GET', '/rcs/certificate-events'),

  'GET /rcs/keys/import-keys': () => plainly('GET', '/rcs/keys/import-keys'),
  'GET /rcs/keys': () => plainly('GET', '/rcs/keys'),
  'POST /rcs/keys': ({ a }) => plainly('POST', '/rcs/keys', [{ alias: a.generatedKey, size: 2048 }]),
  'POST /rcs/keys/:alias/certificate-signing-request': attack =>
    onCertificates(attack, 'POST', '/rcs/keys/:alias/certificate-signing-request', [{ subject: 'CN=wallB' }]),
  'POST /rcs/keys/:alias/certificate': attack =>
    onCertificates(attack, 'POST', '/rcs/keys/:alias/certificate', [
      { certificate: attack.collisions[0]!.certificate.pem },
      { certificate: attack.a.certificates[0]!.certificate.pem },
    ]).concat(
      plainly('POST', `/rcs/keys/${attack.b.generatedKey}/certificate`, [
        { certificate: attack.a.certificates[0]!.certificate.pem },
      ]),
    ),

  'GET /rcs/ivr-profiles': () => plainly('GET', '/rcs/ivr-profiles'),
  'GET /rcs/ivr-profiles/:name/certificates': attack =>
    over('GET', '/rcs/ivr-profiles/:name/certificates', profiles(attack)),
  'PUT /rcs/ivr-profiles/:name/certificates': attack => [
    ...over('PUT', '/rcs/ivr-profiles/:name/certificates', profiles(attack), [
      { aliases: [attack.a.certificates[0]!.alias] },
    ]),
    ...over('PUT', '/rcs/ivr-profiles/:name/certificates', profiles(attack), [
      { aliases: [attack.b.certificates[0]!.alias] },
      { aliases: [], confirm: 'record unencrypted' },
    ]).map(withoutTwin),
  ],
  'DELETE /rcs/ivr-profiles/:name/certificates': attack =>
    over('DELETE', '/rcs/ivr-profiles/:name/certificates', profiles(attack), [
      {},
      { confirm: 'record unencrypted' },
    ]).map(withoutTwin),
  'GET /rcs/ivr-profiles/:name/annex': attack => over('GET', '/rcs/ivr-profiles/:name/annex', profiles(attack)),
  'PUT /rcs/ivr-profiles/:name/annex': attack =>
    over('PUT', '/rcs/ivr-profiles/:name/annex', profiles(attack), [
      {
        annex: `[recording-certificates]\n${attack.a.certificates[0]!.alias}=${attack.a.certificates[0]!.certificate.pem}`,
      },
    ]),
  'GET /rcs/screen-recording-certificates': () => plainly('GET', '/rcs/screen-recording-certificates'),
  'PUT /rcs/screen-recording-certificates': ({ a, b }) =>
    plainly('PUT', '/rcs/screen-recording-certificates', [
      { aliases: [a.certificates[0]!.alias] },
      { aliases: [b.certificates[0]!.alias] },
    ]),
  'GET /rcs/contact-centers/:contactCenter/recipients': ({ a }) => [
    ...over('GET', `/rcs/contact-centers/:contactCenter/recipients?ivrProfile=${a.profile}`, [
      nobodys(a.contactCenter.id),
    ]),
    ...over('GET', '/rcs/contact-centers/:contactCenter/recipients?screenRecording=true', [
      nobodys(a.contactCenter.id),
    ]),
  ],
  'GET /rcs/contact-centers/:contactCenter/recipients/events': ({ a }) => [
    ...over('GET', `/rcs/contact-centers/:contactCenter/recipients/events?ivrProfile=${a.profile}`, [
      nobodys(a.contactCenter.id),
    ]),
    ...over('GET', '/rcs/contact-centers/:contactCenter/recipients/events?screenRecording=true', [
      nobodys(a.contactCenter.id),
    ]),
  ],

  'GET /rcs/users': ({ a }) => [
    ...plainly('GET', '/rcs/users'),
    ...over('GET', '/rcs/users?contactCenter=:contactCenter', [nobodys(a.contactCenter.id)]),
  ],
  'GET /rcs/users/:userName': attack => over('GET', '/rcs/users/:userName', people(attack)),
  'POST /rcs/users': ({ a, b }) =>
    plainly('POST', '/rcs/users', [
      { userName: a.supervisor.name, password, roles: ['admin'] },
      {
        userName: 'wallB-intruder',
        password,
        contactCenter: a.contactCenter.id,
        roles: ['admin'],
        privileges: ['decrypt-recording'],
      },
      { userName: 'wallB-operator', password, contactCenter: b.contactCenter.id, roles: ['ops'] },
    ]),
  'PATCH /rcs/users/:userName': attack =>
    over('PATCH', '/rcs/users/:userName', people(attack), [{ enabled: false }, { roles: ['agent'], privileges: [] }]),
  'PUT /rcs/users/:userName/password': attack =>
    over('PUT', '/rcs/users/:userName/password', people(attack), [
      { password },
      { password, currentPassword: password },
    ]),
  'DELETE /rcs/users/:userName': attack => over('DELETE', '/rcs/users/:userName', people(attack)),
  'GET /rcs/roles': () => plainly('GET', '/rcs/roles'),
  'GET /rcs/access-groups': () => plainly('GET', '/rcs/access-groups'),

  'GET /rcs/audit': ({ a }) => [
    ...plainly('GET', '/rcs/audit?limit=1000&order=newest-first'),
    ...over('GET', '/rcs/audit?user=:userName', [nobodys(a.admin.name)]),
    // What B tried itself is B's to read.
    ...over('GET', '/rcs/audit?recording=:id', [nobodys(a.recordings[0]!.id)]).map(withoutTwin),
  ],
  'GET /rcs/audit/export': ({ a }) => [
    ...plainly('GET', '/rcs/audit/export'),
    ...over('GET', '/rcs/audit/export?user=:userName', [nobodys(a.admin.name)]),
  ],
  'GET /rcs/audit/proof': () => plainly('GET', '/rcs/audit/proof?writer=playback-gateway&sequence=1'),
  'GET /rcs/storages': () => plainly('GET', '/rcs/storages'),
  'GET /rcs/system': () => plainly('GET', '/rcs/system'),
  'GET /': () => plainly('GET', '/'),
  'GET /console': () => plainly('GET', '/console'),
  'GET /console/:file': () => plainly('GET', '/console/index.html'),
  'GET /console/login': () => plainly('GET', '/console/login'),
  'GET /console/login/openid': () => plainly('GET', '/console/login/openid?returnTo=/recordings'),
  'GET /console/login/openid/callback': () => plainly('GET', '/console/login/openid/callback?code=x&state=x'),
  'GET /rcs/openapi.json': () => plainly('GET', '/rcs/openapi.json'),
  'GET /rcs/openapi': () => plainly('GET', '/rcs/openapi'),
  'GET /rcs/openapi/:file': () => plainly('GET', '/rcs/openapi/start.js'),
  'GET /api/v2/settings': () => plainly('GET', '/api/v2/settings'),
  'GET /api/v2/settings/screen-recording-encryption': () =>
    plainly('GET', '/api/v2/settings/screen-recording-encryption'),
  'POST /api/v2/settings/screen-recording-encryption': attack => screenEncryption(attack, 'POST'),
  'PUT /api/v2/settings/screen-recording-encryption': attack => screenEncryption(attack, 'PUT'),
  'DELETE /api/v2/settings/screen-recording-encryption': () =>
    plainly('DELETE', '/api/v2/settings/screen-recording-encryption', [
      { name: 'certificates', confirm: 'record unencrypted' },
    ]),
  'GET /api/v2/settings/:group': () => [
    ...plainly('GET', '/api/v2/settings/screen-recording?subresources=*'),
    ...plainly('GET', '/api/v2/settings/screen-recording?location=/wallA&effective=true'),
  ],
  'POST /api/v2/settings/:group': () => plainly('POST', '/api/v2/settings/screen-recording', settingsOf),
  'PUT /api/v2/settings/:group': () => plainly('PUT', '/api/v2/settings/screen-recording', settingsOf),
  'DELETE /api/v2/settings/:group': () =>
    ['/', '/wallA'].flatMap(location =>
      plainly('DELETE', `/api/v2/settings/screen-recording?location=${location}`, [
        { name: 'decrypt-uri-prefix' },
        { name: 'storage' },
      ]),
    ),
  'GET /api/v2/settings/cross-origin': () => plainly('GET', '/api/v2/settings/cross-origin'),
  'PUT /api/v2/settings/cross-origin': () =>
    plainly('PUT', '/api/v2/settings/cross-origin', [{ allowedOrigins: ['https://wallB.example.net'] }]),

  'GET /rcs/local-key-manager/credentials': () => plainly('GET', '/rcs/local-key-manager/credentials'),
  'POST /rcs/local-key-manager/credentials': ({ a }) =>
    plainly('POST', '/rcs/local-key-manager/credentials', [{ id: a.hawk.id }]),
  'POST /rcs/local-key-manager/credentials/:id/rotation': ({ a }) =>
    // B has one that is called like A's by now: the answer tells nothing.
    over('POST', '/rcs/local-key-manager/credentials/:id/rotation', [nobodys(a.hawk.id)], [{ overlapSeconds: 0 }]).map(
      withoutTwin,
    ),
  'DELETE /rcs/local-key-manager/credentials/:id': ({ a }) =>
    over('DELETE', '/rcs/local-key-manager/credentials/:id', [nobodys(a.hawk.id)]).map(withoutTwin),
  'GET /rcs/local-key-manager/key-pairs': ({ a }) => [
    ...plainly('GET', '/rcs/local-key-manager/key-pairs'),
    ...over('GET', '/rcs/local-key-manager/key-pairs?contactCenter=:contactCenter', [nobodys(a.contactCenter.id)]),
  ],
  'POST /rcs/local-key-manager/assignments': ({ a, b }) =>
    plainly('POST', '/rcs/local-key-manager/assignments', [
      { contactCenter: b.contactCenter.id, credentials: [a.hawk.id], keyPairs: [a.keyPair.id] },
      { contactCenter: b.contactCenter.id },
    ]),
  'POST /rcs/local-key-manager/invitations': () =>
    plainly('POST', '/rcs/local-key-manager/invitations', [{ validForSeconds: 60 }]),

  [`GET ${lkm}/health`]: () => plainly('GET', `${lkm}/health`),
  [`POST ${lkm}/auth`]: ({ a }) => plainly('POST', `${lkm}/auth`, [{ id: a.hawk.id }]),
  [`POST ${lkm}/keypair`]: () => plainly('POST', `${lkm}/keypair`),
  [`GET ${lkm}/keypair`]: () => plainly('GET', `${lkm}/keypair`),
  [`GET ${lkm}/keypair/:id`]: ({ a }) => over('GET', `${lkm}/keypair/:id`, uuid(a.keyPair.id)),
  [`POST ${lkm}/decrypt`]: ({ a }) => {
    const key = createPublicKey({ key: Buffer.from(a.keyPair.publicKey, 'base64'), format: 'der', type: 'pkcs1' });
    const secret = Buffer.from(keyManagerSecret(a.prefix));
    const body = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, secret).toString('base64');
    return uuid(a.keyPair.id).map(([known, unknown]) => ({
      message: { method: 'POST', path: `${lkm}/decrypt?decryptType=pkcs1`, json: { keypairId: known, body } },
      twin: {
        message: { method: 'POST', path: `${lkm}/decrypt?decryptType=pkcs1`, json: { keypairId: unknown, body } },
        names: [known, unknown] as const,
      },
    }));
  },
  [`OPTIONS ${lkm}/decrypt`]: () => plainly('OPTIONS', `${lkm}/decrypt`),
  [`GET ${lkm}/request-log`]: () => plainly('GET', `${lkm}/request-log?pageSize=1000`),
  [`DELETE ${lkm}/request-log`]: () => plainly('DELETE', `${lkm}/request-log`),
};

function playbackRoutes(base: string): Record<string, RouteActs> {
  return {
    [`GET ${base}/:id/play/:leaf`]: attack =>
      recordings(attack).flatMap(({ id, leaf, playPath }) => [
        ...over('GET', `${base}/:id/play/:leaf`, [nobodys(id)], [undefined], { leaf }).map(act => ({
          ...act,
          warm: playPath,
        })),
        // Under an id of B's own.
        ...plainly('GET', `${base}/${attack.b.recordings[0]!.id}/play/${leaf}`),
      ]),
    [`GET ${base}/:id/play/:leaf/peaks`]: attack =>
      recordings(attack).flatMap(({ id, leaf, playPath }) => [
        ...over('GET', `${base}/:id/play/:leaf/peaks`, [nobodys(id)], [undefined], { leaf }).map(act => ({
          ...act,
          warm: `${playPath}/peaks`,
        })),
        ...plainly('GET', `${base}/${attack.b.recordings[0]!.id}/play/${leaf}/peaks`),
      ]),
  };
}

/** The recorder of B names what is A's: its ids, its files, its envelopes. What is taken in, B plays. */
function insertions(attack: Attack, base: string): Act[] {
  const { a, b } = attack;
  const path = `/${base}/contact-centers/${b.contactCenter.id}/recordings`;
  const chosen = [a.recordings[0]!, a.recordings[3]!, a.recordings[6]!, a.recordings.at(-1)!];
  const played = (answer: string): { method: string; path: string }[] => {
    return insertedFiles(answer).flatMap(({ playPath }) => [
      { method: 'GET', path: `/api/v2${playPath}` },
      { method: 'HEAD', path: `/api/v2${playPath}` },
    ]);
  };
  const inserted = (id: string, mediaFiles: readonly object[], warm: string): Act => ({
    message: { method: 'POST', path, json: b.contactCenter.insertion(id, mediaFiles) },
    follow: played,
    warm,
  });
  return chosen.flatMap(({ id, layout, mediaFile, playPath }) => [
    inserted(`wallB-${base}-points-at-${layout}`, [mediaFile], playPath),
    inserted(
      `wallB-${base}-points-beside-its-own-${layout}`,
      [b.recordings[0]!.mediaFile, { ...mediaFile, mediaId: 'second.wav' }],
      playPath,
    ),
    inserted(id, [b.recordings.at(-1)!.mediaFile], playPath),
  ]);
}

function withoutTwin({ message }: Act): Act {
  return { message };
}

function insertedFiles(answer: string): readonly { readonly playPath: string }[] {
  try {
    return (JSON.parse(answer) as { mediaFiles?: { playPath: string }[] }).mediaFiles ?? [];
  } catch {
    return [];
  }
}

/** B would put media of its own in the place of A's. */
function mediaEncryptions(attack: Attack, method: string, more: object): Act[] {
  return recordings(attack).map(({ id, path, mediaFile }) => {
    const [known, unknown] = nobodys(id);
    const { mediaId } = mediaFile as { mediaId: string };
    const act = (recordingId: string) => ({
      method,
      path: '/rcs/media-encryptions',
      json: { recordingId, mediaId, path, ...more },
    });
    return { message: act(known), twin: { message: act(unknown), names: [known, unknown] as const } };
  });
}

/** B would have its screens encrypted for certificates of A's. */
const screenEncryption = (attack: Attack, method: string): Act[] =>
  aliases(attack).map(([known, unknown]) => {
    const act = (alias: string) => ({
      method,
      path: '/api/v2/settings/screen-recording-encryption',
      json: { name: 'certificates', value: [{ alias }] },
    });
    const message = act(known);
    // B has others of its own that are called like A's, or had them: an answer about these tells nothing.
    if (known !== attack.a.certificates[2]!.alias) return { message };
    return { message, twin: { message: act(unknown), names: [known, unknown] as const } };
  });
