import type { Server } from 'node:http';

/**
 * Clients that ask before they send (`Expect: 100-continue`, RFC 9110 section 10.1.1) are asked for the body only when it
 * is not too large. The others get the refusal at once: in the middle of a body it would be lost with the connection.
 */
export function answerExpectations(server: Pick<Server, 'on' | 'emit'>, maxBodyBytes: number): void {
  server.on('checkContinue', (request, response) => {
    const tooLarge = Number(request.headers['content-length']) > maxBodyBytes;
    if (!tooLarge) response.writeContinue();
    server.emit('request', request, response);
  });
}
