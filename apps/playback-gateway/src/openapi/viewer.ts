import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { RcsError } from '#platform';

/** Only what this server serves itself; icons of the viewer are data in its style sheet. */
export const viewerPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const viewerPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Recording Crypto Server: API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="openapi/swagger-ui.css" />
  </head>
  <body>
    <div id="viewer"></div>
    <script src="openapi/swagger-ui-bundle.js"></script>
    <script src="openapi/start.js"></script>
  </body>
</html>
`;

/** It shows and sends nothing: calls need the token of a session, or credentials that do not belong into a page. */
const startScript = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  docExpansion: 'none',
  supportedSubmitMethods: [],
  validatorUrl: null,
});
`;

const script = 'text/javascript; charset=utf-8';
const viewerFiles = {
  'start.js': { type: script, read: () => Promise.resolve(Buffer.from(startScript)) },
  'swagger-ui-bundle.js': { type: script, read: () => packaged('swagger-ui-bundle.js') },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', read: () => packaged('swagger-ui.css') },
} as const;

/** @throws RcsError RCS_NOT_FOUND for anything but the files that the page names. */
export async function openViewerFile(name: string): Promise<{ readonly content: Buffer; readonly type: string }> {
  if (!Object.hasOwn(viewerFiles, name)) throw new RcsError('RCS_NOT_FOUND', 'the viewer has no such file');
  const { type, read } = viewerFiles[name as keyof typeof viewerFiles];
  return { content: await read(), type };
}

/** The program is one file, the viewer stays in its package. */
const packaged = (file: string): Promise<Buffer> =>
  readFile(createRequire(__filename).resolve(`swagger-ui-dist/${file}`));
