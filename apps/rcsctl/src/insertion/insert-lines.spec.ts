import { createServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { LineInsertion } from './insert-lines.js';
import { readLines } from './json-lines.js';
import { LineProgress } from './line-progress.js';

/** What a gateway does with an insertion, as far as the inserting side sees it; the real one is in the e2e tests. */
class AnsweringServer {
  readonly stored = new Map<string, string>();
  posts = 0;
  underWay = 0;
  most = 0;
  statusOf: (id: string, post: number) => number | undefined = () => undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void (async () => {
        this.most = Math.max(this.most, ++this.underWay);
        const body = await text(request);
        const { id } = JSON.parse(body) as { id: string };
        await new Promise(resolve => setImmediate(resolve));
        const known = this.stored.get(id);
        const status = this.statusOf(id, ++this.posts) ?? (known === undefined ? 201 : known === body ? 200 : 409);
        if (status === 201) this.stored.set(id, body);
        this.underWay--;
        const answer = status < 300 ? { id, mediaFiles: [] } : { statusCode: 2, statusMessage: `no to ${id}` };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      })();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe(LineInsertion.name, () => {
  let server: AnsweringServer;
  let gateway: GatewayClient;
  let work = '';
  const waits: string[] = [];

  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'rcs-insert-lines-'));
    server = new AnsweringServer();
    gateway = new GatewayClient({ url: await server.listen(), userName: 'ops', password: 'secret' });
  });
  afterEach(async () => {
    await gateway.close();
    server.close();
    rmSync(work, { recursive: true });
  });

  const line = (id: string): string => `${JSON.stringify({ id })}\n`;
  const many = (count: number): string => Array.from({ length: count }, (_, index) => line(`R${index + 1}`)).join('');
  const insert = async (
    lines: string,
    more: { position?: string; patienceMs?: number; maximumFailures?: number } = {},
  ) =>
    new LineInsertion({
      gateway,
      contactCenter: 'cc',
      progress: await LineProgress.open(more.position),
      concurrency: 4,
      maximumFailures: more.maximumFailures ?? 10,
      patienceMs: more.patienceMs ?? 5000,
      signal: AbortSignal.timeout(20_000),
      advance: () => undefined,
      onWait: why => waits.push(why),
    }).run(readLines(Readable.from([Buffer.from(lines)])));

  it('inserts all, so many at once, and says which lines failed and why', async () => {
    const bad = `${line('R1')}{"id":\n[1]\n\n${line('BAD')}${many(40)}`;
    server.statusOf = id => (id === 'BAD' ? 400 : undefined);
    const summary = await insert(bad);
    expect(summary).toMatchObject({ lines: 45, created: 40, unchanged: 1 });
    expect(summary.failed).toEqual([
      { line: 2, error: expect.stringContaining('it is no JSON: ') },
      { line: 3, error: 'it is no JSON object' },
      { line: 5, id: 'BAD', error: 'no to BAD' },
    ]);
    expect(server.most).toBeLessThanOrEqual(4);
    expect(server.most).toBeGreaterThan(1);
  });

  it('waits for a gateway that is away, and blames no line for it', async () => {
    server.statusOf = (_, post) => (post <= 6 ? 503 : undefined);
    expect(await insert(many(10))).toMatchObject({ created: 10, failed: [] });
    expect(waits).toEqual([expect.stringContaining('503')]);
    server.statusOf = () => 503;
    await expect(insert(many(10), { patienceMs: 300 })).rejects.toThrow('503');
  });

  it('ends at once where the recorder is refused, and after too many lines', async () => {
    server.statusOf = () => 401;
    await expect(insert(many(100))).rejects.toThrow('refuses the user ops');
    expect(server.posts).toBeLessThan(10);
    server.statusOf = () => 400;
    await expect(insert(many(100), { maximumFailures: 3 })).rejects.toThrow('more than 3 lines were refused');
  });

  it('goes on where an earlier run stopped, and tries what was refused again', async () => {
    const position = join(work, 'position');
    server.statusOf = id => (id === 'R7' ? 422 : server.stored.size >= 20 ? 401 : undefined);
    await expect(insert(many(50), { position })).rejects.toThrow();
    expect(server.stored.size).toBeLessThan(30);
    server.statusOf = () => undefined;
    const before = server.posts;
    const summary = await insert(many(50), { position });
    expect(server.stored.size).toBe(50);
    expect(summary.skipped).toBeGreaterThan(0);
    expect(server.posts - before).toBe(50 - summary.skipped);
    expect(JSON.parse(readFileSync(position, 'utf8'))).toMatchObject({ lines: 50, failed: [] });
    expect(await insert(many(60), { position })).toMatchObject({ created: 10, skipped: 50 });
  });

  it('refuses the position of another file, and what is no position', async () => {
    const position = join(work, 'position');
    await insert(many(5), { position });
    await expect(insert(many(3), { position })).rejects.toThrow('is the position in another file');
    await expect(insert(`\n${many(8)}`, { position })).rejects.toThrow('is the position in another file');
    writeFileSync(position, '{}');
    await expect(insert(many(5), { position })).rejects.toThrow('is no position of rcsctl insert');
  });
});
