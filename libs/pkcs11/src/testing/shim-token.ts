import { Shim } from './shim.js';
import type { TokenOptions, TokenState } from '../token-options.js';
import { SoftHsmToken } from './softhsm-token.js';

/** A real SoftHSM token whose module plays the quirks of others. */
export class ShimToken {
  readonly softHsm = new SoftHsmToken();
  readonly shim = new Shim(this.softHsm);
  readonly states: TokenState[] = [];

  get uri(): string {
    return `pkcs11:token=${this.softHsm.label}?module-path=${this.shim.modulePath}`;
  }

  get options(): TokenOptions {
    return {
      uri: this.uri,
      pin: this.softHsm.pin,
      sessions: 4,
      queueLimit: 1000,
      operationTimeoutMs: 10_000,
      observer: {
        waited: () => undefined,
        executed: () => undefined,
        stateChanged: state => this.states.push(state),
      },
    };
  }

  remove(): void {
    this.shim.remove();
    this.softHsm.remove();
  }
}
