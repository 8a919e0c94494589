import type { Answer } from '../world/answer.js';
import { brokenOff, type Message } from '../world/caller.js';
import type { Failures } from '../world/failures.js';
import { askUntilAnswered, isBusy } from '../world/patience.js';
import type { Act } from './attack.js';
import type { Attacker } from './callers.js';
import type { WallGrounds } from './wall-grounds.js';

/** What somebody of B tries over HTTP, and what is wrong with its answers. */
export class HttpTrial {
  constructor(
    private readonly grounds: Pick<WallGrounds, 'attack' | 'markers'>,
    private readonly failures: Failures,
  ) {}

  async attempt(route: string, caller: Attacker, { message, twin, follow, warm }: Act): Promise<void> {
    const { attack, markers } = this.grounds;
    if (warm !== undefined) await attack.a.admin.get(warm);
    markers.remember(message);
    const answer = await caller.send(message);
    this.shows(route, caller.name, message, answer);
    if (twin !== undefined) {
      const other = await caller.send(twin.message);
      const [a, b] = (await this.alike(caller, message, answer, twin.message, other)).map(each =>
        withoutName(each, twin.names),
      );
      if (a !== b) {
        this.failures.add({ kind: `tells: ${route} by ${caller.name}`, detail: `${message.path}: ${a} / ${b}` });
      }
    }
    for (const next of follow?.(answer.body.toString(), attack) ?? []) {
      for (const heard of [attack.b.admin, attack.b.supervisor]) {
        if (warm !== undefined) await attack.a.admin.get(warm);
        const who = `${caller.name}, then ${heard.name}`;
        this.shows(`${route}, then ${next.method}`, who, next, await heard.send(next));
      }
    }
  }

  /** Both answers. Where a busy server answered only one of the two, both are asked for again, patiently. */
  private async alike(
    caller: Attacker,
    message: Message,
    answer: Answer,
    twin: Message,
    other: Answer,
  ): Promise<readonly Answer[]> {
    if (answer.status === other.status || !(isBusy(answer) || isBusy(other))) return [answer, other];
    const again = (each: Message): Promise<Answer> => askUntilAnswered(() => caller.send(each));
    return [await again(message), await again(twin)];
  }

  /** A sees something else after it. */
  changes(route: string, { name }: Attacker, { message }: Act, what: string): void {
    const asked = `${message.method} ${message.path} ${JSON.stringify(message.json ?? '').slice(0, 300)}`;
    this.failures.add({ kind: `changed: ${route} by ${name}`, detail: `${asked} => ${what}` });
  }

  private shows(route: string, name: string, { method, path, json }: Act['message'], answer: Answer): void {
    const requestId = answer.headers['x-request-id'];
    const found = this.grounds.markers.in(answer, { method, path, json });
    if (found.length > 0) {
      const detail = `${path} ${JSON.stringify(json ?? '').slice(0, 200)}: ${answer.status} shows ${found.slice(0, 5).join(', ')}`;
      this.failures.add({ kind: `shows: ${route} by ${name}`, detail, requestId });
    }
    if (answer.status === brokenOff || answer.status === 500) {
      this.failures.add({
        kind: `breaks: ${route} by ${name}`,
        detail: `${method} ${path}: ${answer.status} ${answer.body.toString()}`,
        requestId,
      });
    }
  }
}

/** An answer with its name left out, and with what differs in every answer. */
function withoutName({ status, headers, body }: Answer, names: readonly [string, string]): string {
  const text = names.reduce(
    (left, name) => left.replaceAll(name, '*').replaceAll(encodeURIComponent(name), '*'),
    body.toString(),
  );
  const alike = text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/"changedAt":"[^"]*"/g, '"changedAt":"*"');
  return `${status} ${headers['content-type']} ${alike}`;
}
