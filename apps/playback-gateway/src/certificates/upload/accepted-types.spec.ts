import { fastify, type FastifyInstance } from 'fastify';
import { fromFramework } from '../../http/error.filter.js';
import { acceptForms } from './form-body.js';

const form = 'multipart/form-data; boundary=X';
const body = '--X\r\nContent-Disposition: form-data; name="alias"\r\n\r\na\r\n--X--\r\n';

describe(acceptForms.name, () => {
  let server: FastifyInstance;

  beforeAll(() => {
    server = fastify();
    acceptForms(server, { maxFormFields: 20, maxFormFiles: 2 });
    server.setErrorHandler((error, _request, reply) => {
      const { code, definition } = fromFramework(error);
      return reply.code(definition.http).send({ code, remedy: definition.remedy });
    });
    for (const route of ['/rcs/certificates', '/rcs/users']) server.post(route, ({ body: read }) => read);
  });
  afterAll(() => server.close());

  const post = (url: string, type: string) =>
    server.inject({ method: 'POST', url, headers: { 'content-type': type }, payload: body });

  it('reads a form where certificates are uploaded', async () => {
    const answer = await post('/rcs/certificates', form);
    expect([answer.statusCode, answer.json()]).toEqual([200, { alias: 'a' }]);
  });

  it.each([
    ['a form for another route', '/rcs/users', form],
    ['XML for certificates', '/rcs/certificates', 'application/xml'],
  ])('answers 415 to %s and says what is taken', async (_, url, type) => {
    const answer = await post(url, type);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ code: 'RCS_UNSUPPORTED_MEDIA_TYPE' });
    expect(answer.json<{ remedy: string }>().remedy).toMatch(/application\/json.*certificates.*multipart\/form-data/);
  });
});
