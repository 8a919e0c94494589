import { fastify } from 'fastify';
import { acceptShallowJson } from './json-body.js';

describe(acceptShallowJson.name, () => {
  const server = fastify();
  acceptShallowJson(server, 32);
  server.post('/', request => ({ got: request.body }));
  afterAll(() => server.close());
  const post = (payload: string) =>
    server.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload });

  it('parses what is nested as requests are', async () => {
    const json = `${'['.repeat(32)}${']'.repeat(32)}`;
    expect((await post(json)).json()).toEqual({ got: JSON.parse(json) as unknown });
  });

  it.each([
    ['a deeper body', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a megabyte of brackets', '['.repeat(1024 * 1024 - 1)],
    ['deep objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ])('refuses %s before it is parsed', async (_, json) => {
    const answer = await post(json);
    expect(answer.statusCode).toBe(500); // the error filter makes a 400 of it
    expect(answer.body).toContain('RCS_INVALID_VALUE');
  });

  it.each(['', ' \r\n'])('takes %j for no body', async json => {
    const answer = await post(json);
    expect([answer.statusCode, answer.json()]).toEqual([200, {}]);
  });

  it.each([['{"a":'], ['{"__proto__":{}}']])('refuses %j as Fastify does', async json => {
    expect((await post(json)).statusCode).toBe(400);
  });
});
