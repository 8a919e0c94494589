import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { HostedToken } from '#pkcs11';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { cellOf, keepingCertificates, operations } from './operations.js';
import { expectOnThePage } from './tokens-page.js';

jest.setTimeout(300_000);

const profiles = join(__dirname, 'profiles');

const played = readdirSync(profiles)
  .sort()
  .map(file => ({ name: basename(file, '.profile'), rules: readFileSync(join(profiles, file), 'utf8').split('\n') }));
const columns = new Map<string, Readonly<Record<string, string>>>();

/** Failures that a user meets on tokens of such a kind; all else is done. */
it.each([{ name: 'SoftHSM', rules: [] as readonly string[] }, ...played])('$name keeps the contract', async profile => {
  const token = new ShimToken();
  token.shim.play(...profile.rules);
  const observer = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };
  const { environment } = token.softHsm;
  const certificateDirectory = mkdtempSync(join(tmpdir(), 'rcs-certificates-'));
  const settings = { ...token.options, observer, openTimeoutMs: 30_000, environment, certificateDirectory };
  const opened = await HostedToken.open(settings);
  try {
    const answers: Record<string, string> = {};
    for (const operation of operations) answers[operation.name] = await cellOf(operation, opened);
    if (answers[keepingCertificates] === 'yes' && readdirSync(certificateDirectory).length > 0) {
      answers[keepingCertificates] = 'yes, in certificateDirectory';
    }
    columns.set(profile.name, answers);
    const cells = Object.values(answers);
    // Whatever it cannot do, it is the same token as before, opens nothing wrongly, and nobody logged in twice.
    expect(cells.filter(cell => /[A-Z]{5}/.test(cell.replaceAll(/CKR_\w+/g, '')))).toEqual([]);
    expect(cells.filter(cell => /internal|unavailable|busy|pin/.test(cell))).toEqual([]);
    expect([opened.state.kind, token.shim.count('C_Login')]).toEqual(['open', 1]);
  } finally {
    opened.close();
    await opened.closed;
    token.remove();
    rmSync(certificateDirectory, { recursive: true });
  }
});

it('is what the page of tokens shows', () => expectOnThePage('test/tokens/contract.spec.ts', columns));
