import { SoftHsmToken } from '../../../libs/pkcs11/src/testing/softhsm-token.js';
import type { RealToken, TokenSettings } from './real-token.js';

const secondLabel = 'recordings2';

/** Two tokens of SoftHSM, as it comes with the distribution. */
export class RealSoftHsmToken implements RealToken {
  private readonly token = new SoftHsmToken();
  readonly modulePath = this.token.modulePath;
  readonly uri = this.token.uri;
  readonly secondUri = `pkcs11:token=${secondLabel}?module-path=${this.modulePath}`;
  readonly pin = this.token.pin;
  readonly settings: TokenSettings = {};
  readonly environment = this.token.environment;
  readonly within: readonly string[] = [];

  constructor() {
    this.token.initialise(secondLabel);
  }

  remove(): Promise<void> {
    this.token.remove();
    return Promise.resolve();
  }
}
