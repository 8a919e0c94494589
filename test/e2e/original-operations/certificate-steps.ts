import { readFileSync } from 'node:fs';
import { bodyOf, profile, type Steps, type Walk } from './walk.js';

const form = (...fields: string[]) => ({ options: fields.flatMap(field => ['--form', field]) });

export const certificateSteps = (walk: Walk): Steps => ({
  'inspect a certificate': async ask => {
    const certificate = `certificate=@${walk.client.file('tenant.pem')}`;
    const { options } = form(certificate);
    expect(bodyOf(await ask({}, { options }))).toMatchObject({ certificate: { issuedTo: 'Genesys Recording' } });
    // Keys are encrypted for the key vaults first, unlike in the original.
    await ask({}, form(certificate, `privateKey=@${walk.client.file('tenant.key')}`));
  },
  'upload a certificate': async ask => {
    const keyJwe = JSON.stringify(await walk.admin.sealed(readFileSync(walk.client.file('tenant.key'))));
    const fields = form(`certificate=@${walk.client.file('tenant.pem')}`, 'alias=tenant');
    for (let twice = 0; twice < 2; twice++)
      await ask({}, { options: [...fields.options, '--form-string', `keyJwe=${keyJwe}`] });
  },
  'assign to an IVR profile': ask => ask({ profile }, { json: { aliases: ['tenant'] } }),
  'list the certificates of an IVR profile': async ask =>
    expect(JSON.stringify(bodyOf(await ask({ profile })))).toContain('"tenant"'),
  'read the recipients of an IVR profile': async ask =>
    expect(
      bodyOf(await ask({ contactCenter: walk.ready.contactCenter, profile }, { who: walk.client.asRecorder() })),
    ).toMatchObject({
      certificates: [{ alias: 'tenant' }],
    }),
  'list certificates': async ask => {
    const { certificates } = bodyOf(await ask()) as { certificates: Record<string, unknown>[] };
    expect(certificates.find(({ alias }) => alias === 'tenant')).toMatchObject({
      issuedTo: 'Genesys Recording',
      issuedBy: 'Genesys Recording',
      deployedCount: 1,
      expires: expect.any(String) as string,
    });
  },
  'read a certificate': async ask => {
    expect(bodyOf(await ask({ alias: 'tenant' }))).toMatchObject({ serialNumber: expect.any(String) as string });
    await ask({ alias: 'nobodys' });
  },
  'assign to screen recordings': ask => ask({}, { json: { aliases: ['tenant'] } }),
  'list those of screen recordings': async ask => expect(JSON.stringify(bodyOf(await ask()))).toContain('"tenant"'),
});
