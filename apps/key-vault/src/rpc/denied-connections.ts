import type { Server } from '@grpc/grpc-js';
import type { InternalIdentity, LiveIdentity } from '#platform';

/** Calls that run when certificates are denied may end; all connections are made anew then. */
const graceMs = 5000;

/**
 * Ends the connections of peers whose certificates are denied while they are connected. The server cannot tell one
 * connection from another, so all are ended: whoever is still welcome connects again, and nobody else gets an answer.
 */
export function endDeniedConnections(server: Pick<Server, 'drain'>, address: string, identity: LiveIdentity): void {
  let known = entriesOf(identity.current);
  identity.onChange(present => {
    const former = new Set(known);
    known = entriesOf(present);
    if (known.some(entry => !former.has(entry))) server.drain(address, graceMs);
  });
}

const entriesOf = ({ denied }: InternalIdentity): readonly string[] =>
  denied === undefined ? [] : [...denied.fingerprints, ...denied.serialNumbers];
