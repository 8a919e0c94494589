import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyPairs } from '../media/key-pairs.js';
import { makeCertificate, type MadeCertificate } from '../media/made-certificate.js';
import { layouts, recipientForms, seal, type Layout, type Recipient, type SealedMedia } from '../media/sealed-media.js';
import { waveFile } from '../media/wave.js';
import type { Answer } from '../world/answer.js';
import type { Caller } from '../world/caller.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { mediaFileOf, type PropertyContactCenter } from '../world/contact-center.js';
import type { WhenAgain } from '../world/patience.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import type { Random } from '../world/random.js';
import { sideBySide } from '../world/side-by-side.js';
import { Books, type HeldCertificate, type HeldRecording } from './books.js';
import { importForms, importPair } from './imported-pair.js';

/** What may happen in a contact center, and how often. */
export const steps = {
  insert: 24,
  record: 10,
  'record with rcsctl': 1,
  upload: 8,
  'upload with names that are taken': 4,
  import: 1,
  renew: 4,
  rewrap: 8,
  assign: 5,
  delete: 8,
  'delete with force': 3,
  'remove key': 12,
  'restore key': 2,
  'storage moved': 6,
  play: 6,
} as const;
export type Step = keyof typeof steps;

interface FinishedRun {
  readonly state: string;
  readonly counts: { readonly failed: number };
}

export interface HistoryGrounds {
  readonly cluster: PropertyCluster;
  readonly contactCenter: PropertyContactCenter;
  readonly pairs: KeyPairs;
  readonly random: Random;
  /** Runs while no process is being restarted. */
  readonly undisturbed: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A recording that played and plays no more. */
export class LostRecording extends Error {
  readonly requestId: string | undefined;

  constructor(
    readonly step: string,
    readonly recording: string,
    answer: Answer,
  ) {
    super(
      `${recording}: ${answer.status} ${answer.status === 200 ? 'with other bytes' : answer.body.toString().slice(0, 200)}`,
    );
    this.requestId = answer.headers['x-request-id'];
  }
}

const profile = 'profile';
const mostCertificates = 5;

/** What happens in one contact center, drawn step by step; after each, every recording that played still plays. */
export class History {
  readonly log: string[] = [];
  private readonly books: Books;
  private admin!: Caller;
  private made = 0;

  constructor(private readonly grounds: HistoryGrounds) {
    this.books = new Books(grounds.random);
  }

  async begin(): Promise<void> {
    const { contactCenter } = this.grounds;
    const privileges = ['decrypt-recording', 'administer-certificates'];
    this.admin = await contactCenter.addPerson(`admin-${contactCenter.id}`, { roles: ['admin'], privileges });
    await this.upload({});
    await this.assign();
  }

  /** @throws LostRecording, or Error when the server breaks. */
  async step(): Promise<void> {
    const step = this.grounds.random.weighted(steps);
    await this.grounds.undisturbed(async () => {
      const touched = await this.take(step);
      const { random } = this.grounds;
      const others = random.sample(this.books.recordings, 2);
      await this.plays(step, new Set([...touched, ...others]));
    });
  }

  /** Everything once more. */
  async end(): Promise<void> {
    await this.grounds.undisturbed(() => this.plays('the end', new Set(this.books.recordings)));
  }

  /** Does a step; answers the recordings that it could touch. */
  private async take(step: Step): Promise<readonly HeldRecording[]> {
    const { random } = this.grounds;
    switch (step) {
      case 'insert':
        return this.insert(random.pick(layouts));
      case 'record':
        return this.record();
      case 'record with rcsctl':
        return this.recordWithRcsctl();
      case 'upload':
        return this.upload({ decryptOnly: random.chance(0.3) });
      case 'upload with names that are taken':
        return this.uploadTaken();
      case 'import':
        return this.import();
      case 'renew':
        return this.renew();
      case 'rewrap':
        return this.rewrap();
      case 'assign':
        return this.assign();
      case 'delete':
        return this.delete(false);
      case 'delete with force':
        return this.delete(true);
      case 'remove key':
        return this.removeKey();
      case 'restore key':
        return this.restoreKey();
      case 'storage moved':
        return this.moveStorage();
      case 'play':
        return random.sample(this.books.recordings, 4);
    }
  }

  /** As an archive or openssl made it: README, "Put your own recording in". */
  private async insert(layout: Layout): Promise<HeldRecording[]> {
    const { random } = this.grounds;
    const recipients = this.drawRecipients();
    const plaintext = waveFile(random, 200 + random.below(1500));
    const sealed = seal(
      plaintext,
      layout,
      recipients.map(({ recipient }) => recipient),
    );
    const aliases = recipients.map(({ alias }) => alias);
    const names = random.chance(0.3) && layout !== 'plain' ? { certAlias: aliases } : {};
    const openers = layout === 'plain' ? [] : aliases;
    return this.store(`inserted, ${layout}, for ${aliases.join(' and ')}`, sealed, plaintext, openers, layout, names);
  }

  /** As the recorder does: for whom the gateway says now. */
  private async record(): Promise<HeldRecording[]> {
    const { random } = this.grounds;
    const held = await this.recipients();
    if (held.length === 0) return [];
    const plaintext = waveFile(random, 200 + random.below(1500));
    const recipients = held.map<Recipient>(({ certificate }) => ({ certificate, by: 'issuer-and-serial' }));
    const certAlias = held.map(({ alias }) => alias);
    return this.store('recorded', seal(plaintext, 'detached', recipients), plaintext, certAlias, 'detached', {
      certAlias,
    });
  }

  private async recipients(): Promise<HeldCertificate[]> {
    const { contactCenter, cluster } = this.grounds;
    const path = `/rcs/contact-centers/${contactCenter.id}/recipients?ivrProfile=${profile}`;
    const answer = await cluster.recorder.sendPatiently({ method: 'GET', path }, this.again(path));
    const { certificates = [] } = this.said('recipients', answer) as { certificates?: { alias: string }[] };
    return certificates.map(({ alias }) => this.books.certificates.find(each => each.alias === alias)!);
  }

  /** With the command, always from a file of the same name, sometimes under an id that is taken. */
  private async recordWithRcsctl(): Promise<HeldRecording[]> {
    const { random, contactCenter, cluster } = this.grounds;
    const { ready, work } = cluster;
    const directory = join(work, 'recorder');
    const plaintext = waveFile(random, 200 + random.below(1500));
    const file = join(directory, contactCenter.id, 'call.wav');
    await writeFile(file, plaintext);
    const earlier = random.chance(0.4)
      ? this.books.recordings.find(({ file: stored }) => stored === undefined)?.id
      : undefined;
    const openers = (await this.recipients()).map(({ alias }) => alias);
    const { status, stdout, stderr } = await cluster.rcsctl([
      ...['record', file, '--json', '--gateway', ready.gateway, '--ca', ready.caFile],
      ...['--contact-center', contactCenter.id, '--ivr-profile', profile, '--type', 'audio/wav'],
      ...['--ops-password-file', join(directory, 'ops.password'), '--webdav', ready.webdav.url],
      ...['--webdav-user', ready.webdav.user, '--webdav-password-file', join(directory, 'webdav.password')],
      ...(earlier === undefined ? [] : ['--id', earlier]),
    ]);
    this.log.push(`rcsctl record${earlier === undefined ? '' : ` --id ${earlier}`}: ${status} ${stderr.slice(0, 200)}`);
    const written = this.books.recordings.filter(({ file: stored }) => stored === undefined);
    if (status !== 0) return written;
    const { id, mediaFiles } = JSON.parse(stdout) as { id: string; mediaFiles: { playPath: string }[] };
    const recording = {
      ...{
        id,
        plaintext,
        what: 'recorded with rcsctl',
        file: undefined,
        detached: true,
        played: false,
        givenUp: false,
      },
      ...{ playPath: `/api/v2${mediaFiles[0]!.playPath}`, openers: new Set(openers), perhaps: new Set<string>() },
    };
    this.books.recordings.push(recording);
    return [...written, recording];
  }

  private async upload(
    more: object,
    alias = `cert-${++this.made}`,
    certificate = this.newCertificate(alias),
  ): Promise<HeldRecording[]> {
    if (this.books.certificates.length >= mostCertificates) return [];
    const { contactCenter } = this.grounds;
    const answer = await contactCenter.upload(this.admin, alias, certificate, more, this.again(`upload ${alias}`));
    this.said(`upload ${alias} ${JSON.stringify(more)}`, answer);
    if (answer.status < 300) this.books.certificates.push({ alias, certificate, state: 'active', keyRemoved: false });
    return this.books.recordings;
  }

  private async uploadTaken(): Promise<HeldRecording[]> {
    const alias = `cert-${++this.made}`;
    return this.upload({}, alias, this.certificateOfTakenNames(alias));
  }

  /** An operator brings a key into the token, sometimes under names that are taken: nobody asks them about those. */
  private async import(): Promise<HeldRecording[]> {
    if (this.books.certificates.length >= mostCertificates) return [];
    const { random, contactCenter, cluster } = this.grounds;
    const alias = `cert-${++this.made}`;
    const certificate = random.chance(0.4) ? this.certificateOfTakenNames(alias) : this.newCertificate(alias);
    const form = random.pick(importForms);
    const { status, stderr } = await importPair(cluster, { contactCenter: contactCenter.id, alias, certificate, form });
    this.log.push(`import ${form} ${alias}: ${status} ${stderr.slice(0, 200)}`);
    if (status === 0) this.books.certificates.push({ alias, certificate, state: 'active', keyRemoved: false });
    return this.books.recordings;
  }

  /** An authority that is set up a second time numbers its certificates from 1 again; a certificate claims any identifier. */
  private certificateOfTakenNames(alias: string): MadeCertificate {
    const { random, pairs, contactCenter } = this.grounds;
    const { issuer, serialNumber, keyIdentifier } = random.pick(this.books.certificates).certificate;
    const wishes = random.pick([{ issuer, serialNumber }, { keyIdentifier }, { issuer, serialNumber, keyIdentifier }]);
    return makeCertificate({ pair: pairs.take(), name: `${contactCenter.id} ${alias}`, ...wishes });
  }

  private async renew(): Promise<HeldRecording[]> {
    const [from, to] = this.grounds.random.sample(this.books.certificates, 2);
    if (from === undefined || to === undefined) return [];
    await this.act('POST', `/rcs/certificates/${from.alias}/renew`, { successor: to.alias });
    return this.books.openedBy(from.alias);
  }

  private async rewrap(): Promise<HeldRecording[]> {
    const { random } = this.grounds;
    const [from, to] = random.sample(this.books.certificates, 2);
    if (from === undefined || to === undefined) return [];
    const touched = this.books.openedBy(from.alias);
    const mode = random.pick(['add', 'replace']);
    const { status, body } = await this.act('POST', `/rcs/certificates/${from.alias}/rewrap`, { to: to.alias, mode });
    if (status !== 202) return touched;
    const { id } = JSON.parse(body.toString()) as { id: string };
    const run = await this.finished(id);
    this.log.push(`rewrap is ${JSON.stringify(run).slice(0, 300)}`);
    const all = run.counts.failed === 0;
    for (const { openers, perhaps } of touched.filter(recording => recording.detached)) {
      (all ? openers : perhaps).add(to.alias);
      if (mode === 'replace' && openers.delete(from.alias)) perhaps.add(from.alias);
    }
    return touched;
  }

  private async finished(id: string): Promise<FinishedRun> {
    const run = (): Promise<FinishedRun> => this.admin.must('GET', `/rcs/rewraps/${id}`);
    return answerOf('the end of the rewrap', run, ({ state }) => state !== 'running', { patienceMs: 300_000 });
  }

  private async assign(): Promise<HeldRecording[]> {
    const { random } = this.grounds;
    const active = this.books.certificates.filter(({ state }) => state === 'active').map(({ alias }) => alias);
    const aliases = random.sample(active, 1 + random.below(2));
    await this.act('PUT', `/rcs/ivr-profiles/${profile}/certificates`, {
      aliases,
      ...(aliases.length === 0 ? { confirm: 'record unencrypted' } : {}),
    });
    return [];
  }

  private async delete(force: boolean): Promise<HeldRecording[]> {
    const chosen = this.books.choose(({ state }) => state === 'active');
    const { alias } = chosen;
    const { status } = await this.act('DELETE', `/rcs/certificates/${alias}`, force ? { force: alias } : {});
    if (status === 200 && chosen.state === 'active') chosen.state = force ? 'deleted with force' : 'deleted';
    return this.books.openedBy(alias);
  }

  /** Only who says how many recordings shall not play any more has given them up. */
  private async removeKey(): Promise<HeldRecording[]> {
    const chosen = this.books.choose(({ state }) => state !== 'active');
    const { alias } = chosen;
    const key = `/rcs/certificates/${alias}/key`;
    const first = await this.act('DELETE', key, { confirm: alias });
    const unplayable = Number(/--unplayable (\d+)/.exec(first.body.toString())?.[1] ?? 0);
    const confirmed = unplayable > 0 && chosen.state === 'deleted with force';
    const { status } = confirmed ? await this.act('DELETE', key, { confirm: alias, unplayable }) : first;
    if (status !== 200) return this.books.openedBy(alias);
    chosen.keyRemoved = true;
    if (confirmed) this.books.giveUp(alias, unplayable);
    return this.books.openedBy(alias);
  }

  private async restoreKey(): Promise<HeldRecording[]> {
    const chosen = this.books.choose(({ keyRemoved }) => keyRemoved);
    const { status } = await this.act('POST', `/rcs/certificates/${chosen.alias}/restore-key`, {});
    if (status === 200) chosen.keyRemoved = false;
    return this.books.openedBy(chosen.alias);
  }

  /** The same files in another place or from a backup: other entity tags, other dates, the same bytes. */
  private async moveStorage(): Promise<HeldRecording[]> {
    const { random, cluster } = this.grounds;
    const moved = random.sample(this.books.recordings, 3).filter(({ file }) => file !== undefined);
    for (const { file } of moved) await cluster.files.putAgain(file!.path, file!.stored);
    this.log.push(`moved ${moved.map(({ id }) => id).join(', ')}`);
    return moved;
  }

  private async plays(step: string, recordings: ReadonlySet<HeldRecording>): Promise<void> {
    await sideBySide([...recordings], 4, async recording => {
      if (recording.givenUp) return;
      const { playPath: path } = recording;
      const answer = await this.admin.sendPatiently({ method: 'GET', path }, this.again(path));
      const plays = answer.status === 200 && answer.body.equals(recording.plaintext);
      if (plays) recording.played = true;
      else if (recording.played || !this.books.opensNoMore(recording)) {
        this.log.push(`${recording.id} (${recording.what}) is lost`);
        throw new LostRecording(step, recording.what.split(',')[0]!, answer);
      }
    });
  }

  private async store(
    what: string,
    sealed: SealedMedia,
    plaintext: Buffer,
    openers: readonly string[],
    layout: Layout,
    metadata: object,
  ): Promise<HeldRecording[]> {
    const { contactCenter, cluster } = this.grounds;
    const name = `${contactCenter.id}-${this.books.recordings.length + 1}`;
    await cluster.files.put(`${name}.wav`, sealed.stored);
    const mediaFile = mediaFileOf(`${name}.wav`, sealed, metadata);
    const insertion = contactCenter.insertion(name, [mediaFile]);
    const answer = await contactCenter.insert(insertion, this.again(`insert ${name}`));
    const inserted = this.said(`insert ${name} ${what}`, answer) as { mediaFiles?: { playPath: string }[] };
    if (answer.status >= 300) return [];
    const recording: HeldRecording = {
      ...{ id: name, what, plaintext, played: false, givenUp: false, detached: layout === 'detached' },
      playPath: `/api/v2${inserted.mediaFiles![0]!.playPath}`,
      file: { path: `${name}.wav`, stored: sealed.stored },
      openers: new Set(openers),
      perhaps: new Set(),
    };
    this.books.recordings.push(recording);
    return [recording];
  }

  private drawRecipients(): { readonly alias: string; readonly recipient: Recipient }[] {
    const { random } = this.grounds;
    const form = random.pick(recipientForms);
    const usable = this.books.certificates.filter(({ keyRemoved }) => !keyRemoved);
    const chosen = random.sample(usable.length > 0 ? usable : this.books.certificates, form === 'several' ? 2 : 1);
    const by = form === 'several' ? random.pick(['issuer-and-serial', 'key-identifier'] as const) : form;
    return chosen.map(({ alias, certificate }) => ({ alias, recipient: { certificate, by } }));
  }

  private newCertificate(alias: string): MadeCertificate {
    const { pairs, contactCenter } = this.grounds;
    return makeCertificate({ pair: pairs.take(), name: `${contactCenter.id} ${alias}` });
  }

  private async act(method: string, path: string, json: object): Promise<Answer> {
    const answer = await this.admin.sendPatiently({ method, path, json }, this.again(`${method} ${path}`));
    this.said(`${method} ${path} ${JSON.stringify(json)}`, answer);
    return answer;
  }

  /** What took too long may have happened: it is said again, as an administrator does. */
  private again(what: string): WhenAgain {
    return ({ status }, waitMs) => this.log.push(`${what}: ${status}, again in ${waitMs / 1000} s`);
  }

  /** Writes it down. @throws Error when the server breaks instead of answering. */
  private said(what: string, { status, body }: Answer): unknown {
    const text = body.toString();
    this.log.push(`${what}: ${status}${status < 300 ? '' : ` ${text.slice(0, 300)}`}`);
    if (status === 0 || status >= 500) throw new Error(`${what}: ${status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : {};
  }
}
