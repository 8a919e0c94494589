import { curl } from '../external-tools.js';
import { bodyOf, label, type Steps, type Walk } from './walk.js';

export const labelAndSettingSteps = (walk: Walk): Steps => ({
  'list the groups of settings': ask => ask(),
  'hide fields': async ask => {
    await ask({}, { json: { name: 'metadata.privacy.customer_fields', value: 'ani' } });
    await ask({}, { json: { name: 'metadata.privacy.customer_fields', value: 'playPath' } });
  },
  'read which fields are hidden': async ask =>
    expect(bodyOf(await ask())).toMatchObject({
      settings: [{ name: 'metadata.privacy.customer_fields', value: 'ani' }],
    }),
  'read the storages of screen recordings': async ask => {
    await ask();
    await ask({}, { who: walk.client.asUser('bob') });
  },
  'encrypt screen recordings': async ask => {
    await ask({}, { json: { name: 'certificates', value: [{ alias: 'tenant' }] } });
    await ask({}, { json: { name: 'certificates', value: [{ alias: 'nobodys' }] } });
  },
  'read what screen recordings are encrypted for': async ask =>
    expect(JSON.stringify(bodyOf(await ask()))).toContain('"tenant"'),
  'encrypt screen recordings no more': async ask => {
    await ask({}, { json: { name: 'certificates' } });
    await ask({}, { json: { name: 'certificates', confirm: 'record unencrypted' } });
  },

  'protect a recording': async ask => {
    const operate = (operationName: string, recording = walk.id, who?: string[]) =>
      ask({ id: recording }, { json: { operationName }, ...(who === undefined ? {} : { who }) });
    await operate('applyNonDelete');
    await operate('forgetAboutIt');
    await operate('applyNonDelete', walk.id, walk.client.asUser('bob'));
    await operate('applyNonDelete', 'NOWHERE');
    await operate('unapplyNonDelete');
    await operate('applyNonDelete');
  },
  'define a label': async ask => {
    await ask({}, { json: { name: label } });
    await ask({}, { json: { name: label } });
    await ask({}, { json: { name: '__reserved' } });
    await ask({}, { json: { name: 'of bob' }, who: walk.client.asUser('bob') });
  },
  'change a definition': async ask => {
    const json = { displayName: 'Again', description: 'by the second supervisor' };
    await ask({ label }, { json });
    await ask({ label: 'unheard of' }, { json });
  },
  'list definitions': async ask => expect(bodyOf(await ask())).toMatchObject({ labelDefinitions: [{ name: label }] }),
  'read a definition': async ask => {
    await ask({ label });
    await ask({ label: 'unheard of' });
  },
  'add a label, and once more': async ask => {
    await ask({ id: walk.id }, { json: { name: label } });
    await ask({ id: walk.id }, { json: { name: label } });
    await ask({ id: walk.id }, { json: { name: 'unheard of' } });
    await ask({ id: walk.id }, { json: { name: label }, who: walk.client.asUser('bob') });
  },
  'add a label to several recordings': async ask => {
    const json = { name: label, recordings: [walk.id, walk.client.recordingId('PROCESSED')] };
    expect(bodyOf(await ask({}, { json }))['recordings']).toHaveLength(2);
  },
  'list the labels of a recording': async ask =>
    expect(bodyOf(await ask({ id: walk.id }))).toMatchObject({ labels: [{ name: label }] }),
  'read a label of a recording': async ask => {
    await ask({ id: walk.id, label });
    await ask({ id: walk.id, label: 'unheard of' });
  },
  'read a recording with its labels': async ask =>
    expect(bodyOf(await ask({ id: walk.id }))).toMatchObject({ labels: [{ name: label }], nonDelete: true }),
  'delete a label of a recording': async ask => {
    await ask({ id: walk.id, label });
    await ask({ id: walk.id, label });
  },
  'delete a definition': async ask => {
    await ask({ label });
    const processed = encodeURIComponent(walk.client.recordingId('PROCESSED'));
    const borne = `${walk.ready.gateway}/api/v2/recordings/${processed}/labels/${encodeURIComponent(label)}`;
    expect((await curl(...walk.client.asUser('alice'), '--request', 'DELETE', borne)).status).toBe(200);
    await ask({ label });
    await ask({ label });
  },
});
