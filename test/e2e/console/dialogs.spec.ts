import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { dialogNames, type DialogName } from '../../../apps/console/src/components/dialog-names.js';
import { startChromium } from '../chromium.js';
import { axeFindings } from './axe-findings.js';
import { goTo, isLoaded, logIn, openConsole, rowsOf, type ConsoleWindow } from './console-page.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-console-dialogs-'));
const keyPassword = 'the password of the key';
let cluster: RunningCluster;
let browser: Browser;
let open: ConsoleWindow;
let page: Page;

/** How a dialog is opened on the page of an administrator, after those before it in the list. */
interface Way {
  readonly open: () => Promise<void>;
  /** What it becomes while somebody works with it. */
  readonly states?: Readonly<Record<string, () => Promise<void>>>;
  /** Where its own Cancel or Close is not all. */
  readonly leave?: () => Promise<void>;
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const press = (name: string) => (): Promise<void> => button(name).click();
const dialog = (name?: DialogName) =>
  page.locator(name === undefined ? '[data-dialog]' : `[data-dialog="${name}"]`).last();
const firstRow = () => page.locator('tbody [role=row], tbody tr').first();
const within = (name: string) => dialog().getByRole('button', { name, exact: true });
const refusal = (): Promise<void> => dialog().locator('.notice').last().waitFor();

async function cancel(): Promise<void> {
  await dialog()
    .getByRole('button', { name: /^(Cancel|Close)$/ })
    .last()
    .click();
}
async function chooseFile(label: string, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('group', { name: label }).getByRole('button', { name: 'Choose File' }).click();
  await (await chooser).setFiles(join(work, file));
  await page.getByText(file, { exact: true }).waitFor();
}
async function openRecording(): Promise<void> {
  await goTo(page, 'Recordings');
  await firstRow().click();
  await page.getByRole('button', { name: /^Play/ }).first().waitFor();
}
const actOnRecording = (name: string) => async (): Promise<void> => {
  await openRecording();
  await button(name).click();
};
const openCertificate = async (alias: string): Promise<void> => {
  await goTo(page, 'Recording certificates');
  await rowsOf(page, 'Recording certificates', alias).click();
  await button('Download certificate').waitFor();
};
const actOnCertificate = (name: string, alias?: string) => async (): Promise<void> => {
  await openCertificate(alias ?? cluster.ready.certificates[0]!.alias);
  await button(name).click();
};
const onPage = (title: string, name: string) => async (): Promise<void> => {
  await goTo(page, title);
  await isLoaded(page);
  await button(name).click();
};
async function fillUpload(): Promise<void> {
  await chooseFile('Certificate File', 'tenant.pem');
  await chooseFile('Key File', 'tenant.key');
  await dialog().getByLabel('Alias').fill('tenant');
}
/** Puts the certificate of the demo into the list of screen recordings. */
async function addToScreens(): Promise<void> {
  await onPage('Screen recording certificates', 'Add')();
  await dialog().getByRole('row').nth(1).getByRole('checkbox').check({ force: true });
  await within('Add').click();
  await dialog().waitFor({ state: 'detached' });
}
async function openUser(): Promise<void> {
  await goTo(page, 'Users');
  await rowsOf(page, 'Users', personOf(cluster.ready, 'bob').name).click();
}

/** A dialog that is not among them does not compile: `dialogNames` is where they are named. */
const ways: Readonly<Record<DialogName, Way>> = {
  'add-label': { open: actOnRecording('Add label') },
  'place-hold': { open: actOnRecording('Place hold') },
  'archive-recordings': { open: actOnRecording('Archive') },
  'erase-recordings': { open: actOnRecording('Erase') },
  'no-successor': { open: actOnCertificate('Renew') },
  'upload-certificate': {
    open: onPage('Recording certificates', 'Upload'),
    states: {
      filled: fillUpload,
      refused: async () => {
        await dialog().getByLabel('Private Key Password').fill('another');
        await within('Save').click();
        await refusal();
      },
    },
  },
  'certificate-uploaded': {
    open: async () => {
      await onPage('Recording certificates', 'Upload')();
      await fillUpload();
      await dialog().getByLabel('Private Key Password').fill(keyPassword);
      // What is assigned is counted before it is deleted.
      await dialog()
        .getByRole('checkbox', { name: /IVR profile/ })
        .check({ force: true });
      await within('Save').click();
    },
  },
  'generate-key': {
    open: onPage('Recording certificates', 'Generate key'),
    states: {
      refused: async () => {
        await dialog().getByLabel('Alias').fill('tenant');
        await within('Generate').click();
        await refusal();
      },
    },
  },
  'signing-request': {
    open: async () => {
      await onPage('Recording certificates', 'Generate key')();
      await dialog().getByLabel('Alias').fill('made');
      await within('Generate').click();
      await button('Certificate request of made').click();
    },
    states: {
      made: async () => {
        await dialog().getByLabel('Subject DN').fill('CN=Genesys Recording,O=Genesys,C=US');
        await within('Make the request').click();
        await dialog().getByLabel('Certificate request', { exact: true }).waitFor();
      },
    },
  },
  'attach-certificate': {
    open: onPage('Recording certificates', 'Attach a certificate to made'),
    states: {
      refused: async () => {
        await chooseFile('Certificate File', 'tenant.pem');
        await within('Attach certificate').click();
        await refusal();
      },
    },
  },
  'assign-certificate': { open: actOnCertificate('Assign') },
  'renew-certificate': { open: actOnCertificate('Renew') },
  'rewrap-recordings': { open: actOnCertificate('Re-wrap') },
  'delete-certificate': {
    open: actOnCertificate('Delete', 'tenant'),
    states: {
      counted: async () => {
        await within('Delete').click();
        await dialog().getByLabel('Type tenant to confirm').waitFor();
      },
    },
  },
  'remove-key': {
    open: async () => {
      await actOnCertificate('Delete', 'tenant')();
      await within('Delete').click();
      await dialog().getByLabel('Type tenant to confirm').fill('tenant');
      await within('Delete all the same').click();
      await button('Remove private key').click();
    },
  },
  'restore-key': {
    open: async () => {
      await button('Remove private key').click();
      await dialog().getByLabel('Type tenant to confirm').fill('tenant');
      await within('Remove private key').click();
      await button('Restore private key').click();
    },
  },
  'select-certificate': { open: onPage('Screen recording certificates', 'Add') },
  'leave-changes': {
    open: async () => {
      await addToScreens();
      await page.getByRole('link', { name: 'Audit', exact: true }).click();
    },
    leave: async () => {
      await cancel();
      await button('Save').click();
      await page.locator('button:has-text("Save")[disabled]').waitFor();
    },
  },
  'record-unencrypted': {
    open: async () => {
      await goTo(page, 'Screen recording certificates');
      await page.getByRole('row').nth(1).getByRole('checkbox').check({ force: true });
      await button('Remove').click();
      await button('Save').click();
    },
    leave: async () => {
      await cancel();
      await button('Cancel').click();
    },
  },
  'make-archive': {
    open: onPage('Archives', 'Make an archive'),
    states: {
      refused: async () => {
        await dialog().getByLabel('Folder').fill('https://example.com/archives');
        await dialog().getByLabel('Reason').fill('case 4711');
        await within('Begin').click();
        await refusal();
      },
    },
  },
  'cancel-archive': {
    open: async () => {
      await onPage('Archives', 'Make an archive')();
      await dialog()
        .getByLabel('Folder')
        .fill(`${cluster.ready.webdav.folder ?? ''}archives`);
      await dialog().getByLabel('Reason').fill('case 4711');
      // It would be done before anybody could look at it.
      await page.route('**/rcs/archive-jobs/*', async route => {
        const response = await route.fetch();
        return route.fulfill({ response, json: { ...((await response.json()) as object), state: 'paused' } });
      });
      await within('Begin').click();
      await button('Cancel the archive').click();
    },
    leave: async () => {
      await cancel();
      await page.unroute('**/rcs/archive-jobs/*');
    },
  },
  'archive-schedule': {
    open: onPage('Archives', 'Set a schedule'),
    states: {
      refused: async () => {
        await dialog().getByLabel('And less than so many').fill('0');
        await dialog().getByLabel('Reason').fill('daily archive');
        await within('Save').click();
        await refusal();
      },
    },
  },
  'remove-archive-schedule': {
    open: async () => {
      await onPage('Archives', 'Set a schedule')();
      await dialog().getByLabel('Reason').fill('daily archive');
      await within('Save').click();
      await button('Remove the schedule').click();
    },
    leave: () => within('Remove the schedule').click(),
  },
  'release-archive': {
    open: async () => {
      await goTo(page, 'Archives');
      await page
        .getByRole('button', { name: /^Release the archive of/ })
        .first()
        .click();
    },
    states: {
      refused: async () => {
        await page.route('**/rcs/kept-archives/*/release', route => {
          const body = JSON.stringify({ status: 404, title: 'No such resource', code: 'RCS_NOT_FOUND' });
          return route.fulfill({ status: 404, contentType: 'application/problem+json', body });
        });
        await dialog().getByLabel('Reason').fill('burnt');
        await within('Release').click();
        await refusal();
      },
    },
    leave: async () => {
      await cancel();
      await page.unroute('**/rcs/kept-archives/*/release');
    },
  },
  'audit-record': {
    open: async () => {
      await goTo(page, 'Audit');
      await firstRow().click();
    },
    states: {
      verified: async () => {
        await within('Verify').click();
        await refusal();
      },
    },
  },
  'add-user': {
    open: onPage('Users', 'Add user'),
    states: {
      refused: async () => {
        await dialog().getByLabel('User name').fill('dora');
        await dialog().getByLabel('Password').fill('short');
        await within('Add').click();
        await refusal();
      },
    },
  },
  user: {
    open: openUser,
    states: {
      saved: async () => {
        await within('Save rights').click();
        await refusal();
      },
    },
  },
  'remove-user': {
    open: async () => {
      await openUser();
      await within('Remove').click();
    },
  },
  'register-credential': { open: onPage('System', 'Register a credential') },
  'credential-issued': {
    open: async () => {
      await onPage('System', 'Register a credential')();
      await dialog().getByLabel('Id').fill('service-one');
      await within('Add').click();
    },
  },
  'revoke-credential': { open: onPage('System', 'Revoke service-one') },
  'confirm-identity': {
    open: async () => {
      // A session of 16 minutes would have to be waited for: the server's own words come from here.
      await page.route('**/rcs/keys', async route => {
        if (route.request().method() !== 'POST') return route.continue();
        const body = JSON.stringify({ status: 403, title: 'Log in again', code: 'RCS_FRESH_LOGIN_REQUIRED' });
        return route.fulfill({ status: 403, contentType: 'application/problem+json', body });
      });
      await onPage('Recording certificates', 'Generate key')();
      await dialog().getByLabel('Alias').fill('fresh');
      await within('Generate').click();
    },
    leave: async () => {
      await cancel();
      await dialog('confirm-identity').waitFor({ state: 'detached' });
      await cancel();
      await page.unroute('**/rcs/keys');
    },
  },
  'session-ended': {
    open: async () => {
      await goTo(page, 'Audit');
      await open.context.clearCookies();
      await press('Refresh')();
    },
    states: {
      refused: async () => {
        await dialog().getByLabel('Password').fill('wrong');
        await within('Log in').click();
        await dialog().getByText('User name or password is wrong.').waitFor();
      },
    },
    leave: () => within('Leave').click(),
  },
};

beforeAll(async () => {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: work, stdio: 'pipe', timeout: 60_000 });
  };
  const pair = ['-newkey', 'rsa:2048', '-noenc', '-keyout', 'clear.key', '-out', 'tenant.pem'];
  openssl('req', '-new', '-x509', ...pair, '-days', '3650', '-subj', '/CN=Genesys Recording');
  const encryption = ['-v2', 'aes-256-cbc', '-passout', `pass:${keyPassword}`];
  openssl('pkcs8', '-topk8', '-in', 'clear.key', '-out', 'tenant.key', ...encryption);
  cluster = await joinCluster(join(__dirname, '../../..'), work);
  browser = await startChromium(work);
  open = await openConsole(browser, cluster.ready.gateway, {
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
  });
  page = open.page;
  await logIn(page, cluster.ready, 'alice');
});
afterAll(async () => {
  expect(open?.complaints).toEqual([]);
  await browser?.close();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(async () => {
  // One that failed shall not be in the way of those behind it.
  if ((await dialog().count()) > 0) await page.reload();
});

async function findingsInBothThemes(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await axeFindings(page, `dialog-${name}-${colorScheme}`)));
  }
  return found;
}

describe('every dialog of the console, for those who use it with other senses', () => {
  it.each(dialogNames)('%s', async name => {
    const way = ways[name];
    await way.open();
    // Whoever reads a failure wants to know what is there instead.
    const shown = await dialog(name)
      .waitFor()
      .then(() => dialog().getAttribute('data-dialog'))
      .catch(() => page.locator('body').innerText());
    expect(shown).toBe(name);
    const found = await findingsInBothThemes(name);
    for (const [state, reach] of Object.entries(way.states ?? {})) {
      await reach();
      await dialog(name).waitFor();
      found.push(...(await findingsInBothThemes(`${name}-${state}`)));
    }
    expect(found).toEqual([]);
    await (way.leave ?? cancel)();
    await dialog().waitFor({ state: 'detached' });
  });
});
