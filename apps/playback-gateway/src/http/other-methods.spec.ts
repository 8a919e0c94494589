import { METHODS } from 'node:http';
import fastify from 'fastify';
import { addAnswerHeaders } from './request-id.hook.js';
import { answerWithError } from './error-answer.js';
import { fromFramework } from './error.filter.js';
import { listRoutes } from './listed-routes.js';
import { answerOtherMethods } from './other-methods.js';
import { asRouted, restoreMethods } from './routed-method.js';

describe(answerOtherMethods.name, () => {
  const app = fastify({ exposeHeadRoutes: false, rewriteUrl: asRouted });
  const seen: string[] = [];
  restoreMethods(app);
  app.addHook('onRequest', ({ method }, _reply, done) => {
    seen.push(method);
    done();
  });
  const routes = listRoutes(app);
  app.setErrorHandler((error, request, reply) => answerWithError(request, reply, fromFramework(error)));
  addAnswerHeaders(app);
  app.get('/rcs/things/:name', request => request.params);
  app.delete('/rcs/things/:name', () => ({}));
  app.post('/rcs/things/inspect', () => ({}));
  const known = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
  beforeAll(async () => {
    answerOtherMethods(app, routes);
    await app.ready();
  });
  afterAll(() => app.close());

  it('answers 405 with what is allowed, in the form of every error', async () => {
    const answer = await app.inject({ method: 'PUT', url: '/rcs/things/a' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET']);
    expect(answer.json()).toMatchObject({ code: 'RCS_METHOD_NOT_ALLOWED', requestId: answer.headers['x-request-id'] });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('hides no route whose pattern the path has, too', async () => {
    expect((await app.inject({ url: '/rcs/things/inspect' })).json()).toEqual({ name: 'inspect' });
    const answer = await app.inject({ method: 'PATCH', url: '/rcs/things/inspect' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET, POST']);
  });

  it.each(METHODS.filter(method => !['CONNECT', 'GET', 'DELETE'].includes(method)))(
    'answers %s as every method that a path does not have',
    async method => {
      const answer = await app.inject({ method: method as 'PUT', url: '/rcs/things/a' });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'DELETE, GET']);
      // A QUERY without a content type is no good wherever it goes (RFC 10008 section 2).
      const elsewhere = await app.inject({ method: method as 'PUT', url: '/rcs/other' });
      expect(elsewhere.statusCode).toBe(method === 'QUERY' ? 400 : 404);
      // What the router takes it for is nobody else's business.
      expect(seen.slice(-2)).toEqual([method, method]);
    },
  );

  it('knows no other paths, and lists none of its own', async () => {
    expect((await app.inject({ method: 'PUT', url: '/rcs/other' })).statusCode).toBe(404);
    expect(routes).toHaveLength(3);
  });

  it('has the router know few methods, which each cost it a tree of all paths', () => {
    for (const method of METHODS)
      expect([method, app.hasRoute({ method, url: '/rcs/things/:name' })]).toEqual([method, known.has(method)]);
  });
});
