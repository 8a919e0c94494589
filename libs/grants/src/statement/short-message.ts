import { z } from 'zod';
import { Derived, type Current, type ServiceRole } from '#platform';
import type { Authorities } from '../certificate-trust.js';
import { clockToleranceSeconds } from '../playback-grant.js';
import { StatementRefused } from './certified-token.js';
import { StatementSigner, type SigningIdentity } from './statement-signer.js';
import { StatementVerifier } from './statement-verifier.js';

/** How long a message counts at most, seconds: whoever keeps one has that long to show it again. */
export const messageLifetimeSeconds = 60;

const frameSchema = z.strictObject({ iat: z.int(), exp: z.int(), content: z.unknown() });

/** Signs what a service says to others over a place that is not trusted, such as Redis, with its own TLS identity. */
export class MessageSigner {
  private readonly signer: StatementSigner;

  /** `type` becomes `typ` of the JWS. */
  constructor(identity: Current<SigningIdentity>, type: string) {
    this.signer = new StatementSigner(identity, type);
  }

  /** A compact JWS that counts from now for `messageLifetimeSeconds`. */
  sign(content: object): string {
    const iat = Math.floor(Date.now() / 1000);
    return this.signer.sign({ iat, exp: iat + messageLifetimeSeconds, content });
  }
}

/** Reads messages of one type by services of one role. */
export class MessageVerifier {
  private readonly verifier: Current<StatementVerifier>;

  constructor(authorities: Current<Authorities>, role: ServiceRole, type: string) {
    this.verifier = new Derived(authorities, ({ caPem }) => new StatementVerifier(caPem, role, type));
  }

  /** What was said. @throws StatementRefused unless a service of the role said it a short time ago. */
  read(jws: string): unknown {
    const parsed = frameSchema.safeParse(this.verifier.current.verify(jws));
    if (!parsed.success) throw new StatementRefused('it does not say from when to when it counts');
    const { iat, exp, content } = parsed.data;
    const now = Date.now() / 1000;
    if (exp - iat > messageLifetimeSeconds) throw new StatementRefused('it counts for too long');
    if (iat > now + clockToleranceSeconds) throw new StatementRefused('it was signed in the future');
    if (exp < now) throw new StatementRefused('it is too old');
    return content;
  }
}
