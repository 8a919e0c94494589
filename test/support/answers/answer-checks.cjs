/**
 * Loaded into every process that tests start (NODE_OPTIONS). In a gateway it holds each answer to the description of the
 * API before it leaves: a route, a status, a media type or a field that is not described is written to the file
 * ANSWER_REPORT, by its name and without any value.
 */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const description = join(__dirname, '../../../dist/apps/playback-gateway/openapi.json');
const report = process.env.ANSWER_REPORT;

if (report !== undefined) {
  subscribe('fastify.initialization', ({ fastify }) => {
    const checks = new AnswerChecks(JSON.parse(readFileSync(description, 'utf8')));
    fastify.addHook('onRoute', ({ method, url, config }) => {
      if (config?.otherMethods !== true && config?.otherSpelling !== true) checks.route([method].flat(), url);
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      observe(reply.raw, answer => checks.answer(request, answer));
      done();
    });
    write({ watching: process.pid });
  });
}

/** Whoever is stopped after the tests were judged has nobody to tell. */
function write(line) {
  try {
    appendFileSync(report, `${JSON.stringify(line)}\n`);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

class AnswerChecks {
  seen = new Set();
  validators = new Map();

  constructor(document) {
    const { Ajv2020 } = require('ajv/dist/2020.js');
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    this.ajv.addSchema(document, 'api');
  }

  route(methods, url) {
    for (const method of methods) {
      if (this.operation(method, url) === undefined) this.tell(`${method} ${url} is not described`);
    }
  }

  answer({ method, routeOptions, is404, raw }, { status, type, body, length }) {
    // It leads to what is described.
    if (routeOptions.config?.otherSpelling === true && status === 302 && length === 0) return;
    // What only says which methods there are is a refusal as well.
    if (is404 || routeOptions.config?.otherMethods === true) {
      const path = raw.url.split('?')[0];
      // The preflight of a browser asks for a route of another method.
      const preflight = method === 'OPTIONS' && status === 204 && length === 0;
      if (!preflight) this.error(`${method} of no route`, path, { status, type, body, bodiless: method === 'HEAD' });
      return;
    }
    const name = `${method} ${routeOptions.url}`;
    const operation = this.operation(method, routeOptions.url);
    if (operation === undefined) return; // Told when it was registered.
    const described = operation.responses[status];
    if (described === undefined) {
      this.tell(`${name} answered ${status}, which is not described`);
    } else if (described.content === undefined) {
      if (length > 0) this.tell(`${name} answered ${status} with a body, which is not described`);
    } else if (method !== 'HEAD') {
      this.content(`${name} answered ${status}`, described.content, type, body);
    }
  }

  /** What nobody has routed is refused in the form of its path. */
  error(name, path, { status, type, body, bodiless }) {
    if (status < 400) this.tell(`${name} answered ${status}`);
    else if (!bodiless) this.content(`${name} answered ${status}`, this.errorContent(path), type, body);
  }

  errorContent(path) {
    const like = ['/key-management/v1/health', '/rcs/users', '/api/v2/me'].find(known =>
      path.startsWith(known.slice(0, known.lastIndexOf('/') + 1)),
    );
    return this.document.paths[like ?? '/api/v2/me'].get.responses[500].content;
  }

  content(name, content, type, body) {
    const described = content[type] ?? content['*/*'];
    if (described === undefined) {
      this.tell(`${name} as ${type ?? 'nothing'}, which is not described`);
    } else if (described.schema?.$ref !== undefined) {
      const validate = this.validator(described.schema.$ref);
      if (!validate(parsed(body))) {
        for (const { instancePath, message, params } of validate.errors) {
          this.tell(`${name}: ${instancePath.replace(/\/\d+/g, '/*')} ${message} ${JSON.stringify(params)}`);
        }
      }
    }
  }

  operation(method, url) {
    return this.document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  }

  validator(reference) {
    let validate = this.validators.get(reference);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: `api${reference}` });
      this.validators.set(reference, validate);
    }
    return validate;
  }

  tell(violation) {
    if (this.seen.has(violation)) return;
    this.seen.add(violation);
    write({ violation });
  }
}

/** Calls `judge` with the whole answer right before its end leaves; bodies of media are not kept. */
function observe(response, judge) {
  const { writeHead, write, end } = response;
  const given = {};
  const chunks = [];
  let length = 0;
  const typeOf = () => {
    const field = given['content-type'] ?? response.getHeader('content-type');
    return typeof field === 'string' ? field.split(';')[0].trim().toLowerCase() : undefined;
  };
  const keep = chunk => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    length += chunk.length;
    if (/[/+]json$/.test(typeOf() ?? '')) chunks.push(Buffer.from(chunk));
  };
  response.writeHead = function (status, ...more) {
    const headers = more.at(-1);
    if (typeof headers === 'object' && headers !== null) {
      for (const [name, value] of Object.entries(headers)) given[name.toLowerCase()] = value;
    }
    return writeHead.call(this, status, ...more);
  };
  response.write = function (chunk, ...more) {
    keep(chunk);
    return write.call(this, chunk, ...more);
  };
  response.end = function (chunk, ...more) {
    keep(chunk);
    judge({ status: response.statusCode, type: typeOf(), body: Buffer.concat(chunks).toString(), length });
    return end.call(this, chunk, ...more);
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
