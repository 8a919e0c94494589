import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayClient } from '../../gateway-client/gateway-client.js';
import { recordWeekCall } from './record-week-call.js';
import { weekIndexSchema } from './week-media.js';
import { weekLabels, weekPlan, weekRetention, type PlannedCall } from './week-plan.js';
import type { WeekTarget } from './week-target.js';

const idLength = 33;
const dayMs = 86_400_000;
/** Recordings under way at once. */
const lanes = 4;

/** The id of a recording of the week, the same at every start. */
export const weekId = (name: string): string => `${name}${'1'.padStart(idLength - name.length, '0')}`;

/** A contact center's week, made once: what a start that was ended has left out, the next one adds. */
export async function demoWeek(target: WeekTarget): Promise<void> {
  if (existsSync(target.doneFile)) return;
  await defineLabels(target.administrator);
  await assignCertificate(target);
  const index = weekIndexSchema.parse(JSON.parse(readFileSync(join(target.media, 'index.json'), 'utf8')));
  const waiting = [...weekPlan];
  const lane = async (): Promise<void> => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      const id = weekId(call.name);
      // One that somebody has removed stays away.
      if (!(await target.recorder.hasRecording(id))) await recordWeekCall(id, call, startOf(call), index, target);
      else if ((await target.administrator.recording(id)) === undefined) continue;
      await annotate(id, call, target.administrator);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await target.administrator.call('PUT', '/rcs/retention', { rules: weekRetention });
  await listen(target);
  writeFileSync(target.doneFile, `${new Date().toISOString()}\n`, { mode: 0o600 });
}

const startOf = ({ daysAgo, time }: PlannedCall): Date =>
  new Date(`${new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10)}T${time}.000Z`);

/** To both teams, and to screens. Asking for the list makes known what only the token has yet. */
async function assignCertificate({ administrator, certificate: { alias } }: WeekTarget): Promise<void> {
  await administrator.call('GET', '/rcs/certificates');
  for (const place of ['ivr-profiles/sales/certificates', 'ivr-profiles/support/certificates'])
    await administrator.call('PUT', `/rcs/${place}`, { aliases: [alias] });
  await administrator.call('PUT', '/rcs/screen-recording-certificates', { aliases: [alias] });
}

async function defineLabels(administrator: GatewayClient): Promise<void> {
  const path = '/api/v2/recording-label-definitions';
  const { labelDefinitions } = (await administrator.call('GET', path)) as {
    labelDefinitions: readonly { readonly name: string }[];
  };
  for (const label of weekLabels) {
    if (!labelDefinitions.some(({ name }) => name === label.name)) await administrator.call('POST', path, label);
  }
}

async function annotate(id: string, call: PlannedCall, administrator: GatewayClient): Promise<void> {
  const recording = `/api/v2/recordings/${id}`;
  for (const name of call.labels ?? []) await administrator.call('POST', `${recording}/labels`, { name });
  if (call.protected === true) await administrator.call('POST', recording, { operationName: 'applyNonDelete' });
  if (call.hold === undefined) return;
  const { holds } = (await administrator.call('GET', `/rcs/recordings/${id}/holds`)) as { holds: readonly unknown[] };
  if (holds.length === 0) await administrator.call('POST', `/rcs/recordings/${id}/holds`, { reason: call.hold });
}

/** Supervisors have heard something, so that it shows who listened when. */
async function listen({ listeners }: WeekTarget): Promise<void> {
  const heard = [
    [listeners.bob, 'WEEK0COMPLAINT1'],
    [listeners.bob, 'WEEK0QUOTE1'],
    [listeners.grace, 'WEEK0CARD1'],
  ] as const;
  for (const [listener, name] of heard) {
    const recording = await listener.recording(weekId(name));
    const [first] = recording?.mediaFiles ?? [];
    if (first !== undefined) await listener.play(first.playPath);
  }
}
