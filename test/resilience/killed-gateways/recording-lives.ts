import type { RunningCluster } from '#test/cluster/running-cluster.js';
import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import type { CurlClient } from '../../e2e/curl-client.js';
import { curl, type CurlAnswer } from '../../e2e/external-tools.js';

const media = Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt the whole of a call', 'latin1');
/** The longest that a sender which is gone has kept an entry from all others. */
const leaseMs = 90_000;
/** Gateways look every ten seconds whether rules have changed, and some are busy starting. */
const expiryMs = 120_000;
/** Of recordings that a rule of retention removes. */
const shortLived = 'short-lived';

/** What the server has acknowledged, or may have done for whoever did not learn it. */
type Fate = 'asked for' | 'inserted' | 'leaving' | 'removed';

export interface Life {
  readonly id: string;
  readonly file: string;
  readonly ivrprofile: string;
  readonly caller: string;
  fate: Fate;
  playPath?: string;
  /** Whether the erasure of who called was asked for, or acknowledged. */
  person?: 'leaving' | 'forgotten';
}

const isAnswer = ({ status }: CurlAnswer): boolean => status !== 0 && status !== 503 && status !== 504;

/** Recordings of a cluster whose gateway is killed, beside what has been acknowledged of each. */
export class RecordingLives {
  readonly all: Life[] = [];

  /** Base URL of the gateway that is asked. */
  gateway = '';

  constructor(
    private readonly cluster: RunningCluster,
    private readonly receiver: InteractionReceiver | undefined,
    private readonly client: CurlClient,
  ) {}

  /** Its media file lies in the storage, as a recorder puts it there first. */
  async begin(isShortLived: boolean): Promise<Life> {
    const name = `life-${this.all.length}`;
    const life: Life = {
      id: this.client.recordingId(name),
      file: `${name}.wav`,
      ivrprofile: isShortLived ? shortLived : 'record',
      caller: `+49305550${String(this.all.length).padStart(5, '0')}`,
      fate: 'asked for',
    };
    this.all.push(life);
    await this.client.put(life.file, media);
    return life;
  }

  /** Also asked for again, as a recorder does that got no answer. */
  async insert(life: Life): Promise<void> {
    const { contactCenter } = this.cluster.ready;
    const parameters = this.receiver === undefined ? {} : { 'rp.speechminer_uri': this.receiver.url };
    const mediaFile = {
      ...{ mediaId: life.file, type: 'audio/wav', ivrprofile: life.ivrprofile, parameters },
      mediaDescriptor: this.client.stored(life.file),
    };
    const recording = {
      ...{ id: life.id, startTime: '2026-01-01T08:00:00.000+0000', callerPhoneNumber: life.caller },
      mediaFiles: [mediaFile],
    };
    const url = `${this.gateway}/internal-api/contact-centers/${contactCenter}/recordings`;
    const { status, body } = await curl(...this.client.asRecorder(), ...post(recording), url);
    if (status === 0 || status >= 500) return;
    expect([200, 201]).toContain(status);
    const { mediaFiles } = JSON.parse(body.toString()) as { mediaFiles: { playPath: string }[] };
    life.playPath = mediaFiles[0]!.playPath;
    life.fate = 'inserted';
  }

  async remove(life: Life): Promise<void> {
    const { contactCenter } = this.cluster.ready;
    const url = `${this.gateway}/api/v2/ops/contact-centers/${contactCenter}/recordings/${life.id}`;
    this.leaves(life, await curl(...this.client.asOps(), '--request', 'DELETE', url), [200, 202, 404]);
  }

  async erase(life: Life): Promise<void> {
    const erasure = post({ reason: 'asked for', recordings: [life.id] });
    this.leaves(life, await curl(...this.client.asUser('alice'), ...erasure, this.path('/rcs/erasures')), [200]);
  }

  /** Erases who called: the recording goes, and the audit forgets the number that the reason names. */
  async forget(life: Life): Promise<void> {
    const erasure = post({ reason: `request of ${life.caller}`, subject: { phoneNumber: life.caller } });
    const answer = await curl(...this.client.asUser('alice'), ...erasure, this.path('/rcs/erasures'));
    this.leaves(life, answer, [200]);
    life.person = life.fate === 'removed' ? 'forgotten' : 'leaving';
  }

  /** The audit of each recording names nobody who was forgotten, and still has what happened. */
  async checkForgotten(): Promise<number> {
    const forgotten = this.all.filter(({ person }) => person === 'forgotten');
    for (const { id, caller } of forgotten) {
      const audited = async (): Promise<string> =>
        (await this.answered(`/rcs/audit?limit=1000&recording=${id}`)).body.toString();
      await waitFor(`${caller} to be forgotten`, async () => !(await audited()).includes(caller), {
        patienceMs: expiryMs,
        pollMs: 500,
      });
      expect(await audited()).toContain('"recording-inserted"');
    }
    return forgotten.length;
  }

  private leaves(life: Life, { status }: CurlAnswer, acknowledged: readonly number[]): void {
    if (status === 0 || status >= 500) life.fate = 'leaving';
    else {
      expect(acknowledged).toContain(status);
      life.fate = 'removed';
    }
  }

  /** Sets the rule that removes short-lived recordings, or none. */
  async retain(removesShortLived: boolean): Promise<void> {
    const rules = removesShortLived ? [{ ivrProfile: shortLived, days: 1 }] : [];
    const put = (confirm?: string) =>
      curl(
        ...this.client.asUser('alice'),
        '--request',
        'PUT',
        ...post({ rules, confirm }),
        this.path('/rcs/retention'),
      );
    const { status, body } = await put();
    if (removesShortLived) this.expire();
    if (status !== 409) return;
    const { detail } = JSON.parse(body.toString()) as { detail: string };
    await put(/"confirm": "([^"]+)"/.exec(detail)?.[1]);
  }

  private expire(): void {
    for (const life of this.all) if (life.ivrprofile === shortLived && life.fate === 'inserted') life.fate = 'leaving';
  }

  /** What a rule removes goes by itself; what else may have been removed is removed once more. */
  async leave(life: Life): Promise<void> {
    if (life.ivrprofile !== shortLived) return this.remove(life);
    await answerOf(
      `${life.id} to expire`,
      () => this.answered(`/api/v2/recordings/${life.id}`),
      ({ status }) => status === 404,
      { patienceMs: expiryMs, pollMs: 500 },
    );
    life.fate = 'removed';
  }

  /** Whether it is as it was acknowledged, and in no case half of it. */
  async check(life: Life): Promise<void> {
    const { id, file, playPath } = life;
    const { status } = await this.answered(`/api/v2/recordings/${id}`);
    if (life.fate === 'inserted') expect([id, status]).toEqual([id, 200]);
    else if (life.fate === 'removed') expect([id, status]).toEqual([id, 404]);
    else expect([200, 404]).toContain(status);
    if (status === 404) await this.playsNoMore(life);
    else if (playPath !== undefined && life.fate === 'inserted') {
      const played = await this.answered(`/api/v2${playPath}`);
      expect([file, played.status, played.body.equals(media)]).toEqual([file, 200, true]);
    }
  }

  private async playsNoMore({ id, playPath }: Life): Promise<void> {
    if (playPath !== undefined) expect([id, (await this.answered(`/api/v2${playPath}`)).status]).toEqual([id, 404]);
  }

  /**
   * Of what was removed no stored file is left, and of what was not every one is there. A gateway that is killed keeps others
   * from a file that it was removing until its lease ends: too long to wait for after every kill.
   */
  async checkStoredFiles(): Promise<void> {
    for (const { file, fate } of this.all) {
      const isThere = fate === 'inserted';
      await waitFor(`${file} to ${isThere ? 'stay' : 'go'}`, async () => (await this.isStored(file)) === isThere);
    }
  }

  /** Everybody who was told of a recording is told at least once, whoever died in between. */
  async checkHandOvers(): Promise<void> {
    const { receiver } = this;
    if (receiver === undefined) return;
    for (const { id, fate } of this.all) {
      if (fate !== 'inserted') continue;
      const hasIt = (): boolean => receiver.timesReceived(id) > 0;
      await waitFor(`${id} to be handed over`, hasIt, { patienceMs: leaseMs * 2, pollMs: 500 });
    }
  }

  async isStored(file: string): Promise<boolean> {
    const { url, user, password } = this.cluster.ready.webdav;
    const target = `${url}/${this.client.stored(file).path}`;
    return (await curl('--user', `${user}:${password}`, '--head', target)).status !== 404;
  }

  /** As soon as there is a gateway that knows. */
  private answered(path: string): Promise<CurlAnswer> {
    return answerOf('the gateway', () => curl(...this.client.asUser('alice'), this.path(path)), isAnswer);
  }

  private path(path: string): string {
    return `${this.gateway}${path}`;
  }
}

const post = (body: object): string[] => [
  ...['--header', 'Content-Type: application/json'],
  ...['--data-binary', JSON.stringify(body)],
];
