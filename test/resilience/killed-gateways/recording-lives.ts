import type { RunningCluster } from '#test/cluster/running-cluster.js';
import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { CurlClient } from '../../e2e/curl-client.js';
import { ActCounts, type Act } from './act-counts.js';
import { GatewayRequests, type Account, type Answer, type Request } from './gateway-requests.js';
import type { StoredForm } from './stored-forms.js';

/** Of every recording, once it is deciphered. */
export const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
/** Gateways look every ten seconds whether rules have changed, and what somebody began in Cassandra is theirs after two minutes. */
export const expiryMs = 240_000;
const checkedAtOnce = 8;
/** Of recordings that a rule of retention removes. */
const shortLived = 'short-lived';

/** What the server has acknowledged, or may have done for whoever did not learn it. */
type Fate = 'asked for' | 'inserted' | 'leaving' | 'removed';

export interface Life {
  readonly id: string;
  readonly file: string;
  readonly ivrprofile: string;
  readonly caller: string;
  readonly form: StoredForm;
  fate: Fate;
  playPath?: string;
  /** Whether the erasure of who called was asked for, or acknowledged. */
  person?: 'leaving' | 'forgotten';
}

const isAnswer = ({ status }: Answer): boolean => status !== 0 && status !== 503 && status !== 504;

/** Recordings of a cluster whose gateways are killed, beside what has been acknowledged of each. */
export class RecordingLives {
  readonly all: Life[] = [];
  readonly counts = new ActCounts();

  /** Base URL of the gateway that acts are asked of. */
  gateway = '';

  /** Of the one that answers what became of them. */
  survivor: string;

  private readonly client: CurlClient;
  private readonly requests: GatewayRequests;
  /** Whether a rule that removes short-lived recordings was ever in force: whoever applies it may be late. */
  private removesShortLived = false;

  constructor(
    private readonly cluster: RunningCluster,
    private readonly receiver: InteractionReceiver | undefined,
    work: string,
  ) {
    this.client = new CurlClient(cluster, work);
    this.requests = new GatewayRequests(cluster);
    this.survivor = cluster.ready.gateway;
  }

  with(fate: Life['fate']): Life[] {
    return this.all.filter(life => life.fate === fate);
  }

  /** Its media file lies in the storage, as a recorder puts it there first. */
  async begin(isShortLived: boolean, form: StoredForm): Promise<Life> {
    const name = `life-${this.all.length}`;
    const life: Life = {
      id: this.client.recordingId(name),
      file: `${name}.wav`,
      ivrprofile: isShortLived ? shortLived : 'record',
      caller: `+49305550${String(this.all.length).padStart(5, '0')}`,
      form,
      fate: 'asked for',
    };
    this.all.push(life);
    const { path } = this.client.stored(life.file);
    expect([201, 204]).toContain((await this.requests.stored(path, { method: 'PUT', bytes: form.bytes })).status);
    return life;
  }

  /** Also asked for again, as a recorder does that got no answer. */
  async insert(life: Life): Promise<void> {
    const { contactCenter } = this.cluster.ready;
    const parameters = this.receiver === undefined ? {} : { 'rp.speechminer_uri': this.receiver.url };
    const mediaFile = {
      ...{ mediaId: life.file, type: 'audio/wav', ivrprofile: life.ivrprofile, parameters },
      mediaDescriptor: this.client.stored(life.file),
      ...life.form.metadata,
    };
    const json = {
      ...{ id: life.id, startTime: '2026-01-01T08:00:00.000+0000', callerPhoneNumber: life.caller },
      mediaFiles: [mediaFile],
    };
    const path = `/internal-api/contact-centers/${contactCenter}/recordings`;
    const { status, body } = await this.act('insert', this.requests.recorder, path, { method: 'POST', json });
    if (status === 0 || status >= 500) return;
    // It had been inserted when whoever was to say so was killed, and has expired since.
    if (status === 409 && this.removesShortLived && life.ivrprofile === shortLived) {
      life.fate = 'removed';
      return;
    }
    expect([200, 201]).toContain(status);
    const { mediaFiles } = JSON.parse(body.toString()) as { mediaFiles: { playPath: string }[] };
    life.playPath = mediaFiles[0]!.playPath;
    life.fate = this.removesShortLived && life.ivrprofile === shortLived ? 'leaving' : 'inserted';
  }

  async remove(life: Life): Promise<void> {
    const { contactCenter } = this.cluster.ready;
    const path = `/api/v2/ops/contact-centers/${contactCenter}/recordings/${life.id}`;
    const answer = await this.act('delete', this.requests.operator, path, { method: 'DELETE' });
    this.leaves(life, answer, [200, 202, 404]);
  }

  async erase(life: Life): Promise<void> {
    const json = { reason: 'asked for', recordings: [life.id] };
    this.leaves(life, await this.asAlice('erase', '/rcs/erasures', { method: 'POST', json }), [200]);
  }

  /** Erases who called: the recording goes, and the audit forgets the number that the reason names. */
  async forget(life: Life): Promise<void> {
    const json = { reason: `request of ${life.caller}`, subject: { phoneNumber: life.caller } };
    this.leaves(life, await this.asAlice('forget', '/rcs/erasures', { method: 'POST', json }), [200]);
    life.person = life.fate === 'removed' ? 'forgotten' : 'leaving';
  }

  private leaves(life: Life, { status }: Answer, acknowledged: readonly number[]): void {
    if (status === 0 || status >= 500) life.fate = 'leaving';
    else {
      expect(acknowledged).toContain(status);
      life.fate = 'removed';
    }
  }

  /** Sets the rule that removes short-lived recordings, or none. False: it may be set, or not. */
  async retain(removesShortLived: boolean): Promise<boolean> {
    const rules = removesShortLived ? [{ ivrProfile: shortLived, days: 1 }] : [];
    if (removesShortLived) this.expire();
    const put = (confirm?: string): Promise<Answer> =>
      this.asAlice('retain', '/rcs/retention', { method: 'PUT', json: { rules, confirm } });
    const { status, body } = await put();
    if (status !== 409) return status === 200;
    const { detail } = JSON.parse(body.toString()) as { detail: string };
    return (await put(/"confirm": "([^"]+)"/.exec(detail)?.[1])).status === 200;
  }

  private expire(): void {
    this.removesShortLived = true;
    for (const life of this.with('inserted')) if (life.ivrprofile === shortLived) life.fate = 'leaving';
  }

  /** What a rule removes goes by itself; what else may have been removed is removed once more. */
  async leave(life: Life): Promise<void> {
    if (life.person !== undefined) return this.forget(life);
    if (life.ivrprofile !== shortLived) return this.remove(life);
    await answerOf(
      `${life.id} to expire`,
      () => this.answered(`/api/v2/recordings/${life.id}`),
      ({ status }) => status === 404,
      { patienceMs: expiryMs, pollMs: 500 },
    );
    life.fate = 'removed';
  }

  /** How many of those that a rule removes are gone, and how many are there. */
  async expired(): Promise<{ gone: number; there: number }> {
    const expires = ({ ivrprofile, person }: Life): boolean => ivrprofile === shortLived && person === undefined;
    const waiting = this.with('leaving').filter(expires);
    const answers = await Promise.all(waiting.map(({ id }) => this.answered(`/api/v2/recordings/${id}`)));
    waiting.forEach((life, index) => {
      if (answers[index]!.status === 404) life.fate = 'removed';
    });
    const gone = waiting.filter(({ fate }) => fate === 'removed').length;
    return { gone, there: waiting.length - gone };
  }

  /** Whether it is as it was acknowledged, and in no case half of it. */
  async check(life: Life): Promise<void> {
    const { id, file, playPath } = life;
    const { status } = await this.answered(`/api/v2/recordings/${id}`);
    if (life.fate === 'inserted') expect([id, status]).toEqual([id, 200]);
    else if (life.fate === 'removed') expect([id, status]).toEqual([id, 404]);
    else expect([200, 404]).toContain(status);
    if (playPath === undefined) return;
    if (status === 404) expect([id, (await this.answered(`/api/v2${playPath}`)).status]).toEqual([id, 404]);
    else if (life.fate === 'inserted') {
      const played = await this.answered(`/api/v2${playPath}`);
      expect([file, played.status, played.body.equals(media)]).toEqual([file, 200, true]);
    }
  }

  /** Each as it was acknowledged, whatever happened since. */
  async checkAll(): Promise<void> {
    for (let first = 0; first < this.all.length; first += checkedAtOnce)
      await Promise.all(this.all.slice(first, first + checkedAtOnce).map(life => this.check(life)));
  }

  end(): void {
    this.requests.end();
  }

  /** Whether the storage has its media file. */
  async isStored({ file }: Life): Promise<boolean> {
    return (await this.requests.stored(this.client.stored(file).path, { method: 'HEAD' })).status !== 404;
  }

  private asAlice(act: Act, path: string, request: Request): Promise<Answer> {
    return this.act(act, this.requests.alice, path, request);
  }

  private async act(act: Act, account: Account, path: string, request: Request): Promise<Answer> {
    const answer = await this.requests.ask(account, `${this.gateway}${path}`, request);
    this.counts.add(act, answer.status !== 0);
    return answer;
  }

  /** As soon as there is a gateway that knows. */
  answered(path: string): Promise<Answer> {
    return answerOf('the gateway', () => this.requests.ask(this.requests.alice, `${this.survivor}${path}`), isAnswer);
  }
}
