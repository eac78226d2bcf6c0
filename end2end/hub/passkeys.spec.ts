/** Passkeys: added, signed in by, asked for, removed. The authenticator is the one that Chromium has for tests. */
import type { CDPSession, Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test as base } from '../fixtures.ts';
import { ADMIN } from '../server.ts';

/** A passkey is for a name, and this machine's addresses have but one. */
const test = base.extend({ baseURL: ({ demo }, use) => use(demo.url.replace('127.0.0.1', 'localhost')) });

const section = (page: Page) => page.getByRole('region', { name: 'Passkeys' });
const row = (page: Page, name: string) => section(page).getByRole('row').filter({ hasText: name });

class Device {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  /** The browser's own authenticator, whose owner unlocks it. */
  static async of(page: Page): Promise<Device> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Device(session, authenticatorId);
  }

  /** Whether its owner unlocks it when it asks. */
  async unlocks(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }

  async passkeys(): Promise<number> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.authenticatorId });
    return credentials.length;
  }
}

test('one is added, signs in without password, is renamed and removed', async ({ demo, hub, page, visit }) => {
  const device = await Device.of(page);
  await hub.signIn();
  await page.getByRole('link', { name: ADMIN.email }).click();
  await hub.at('Account');
  await expect(section(page)).toContainText('without password or code');
  await section(page).getByRole('button', { name: 'Add a passkey' }).click();
  const adding = hub.dialog('Add a passkey');
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(adding).toContainText('Enter a name for the passkey.');
  await expectAccessible(page);
  await adding.getByLabel('Name').fill('Work laptop');
  // Whoever breaks off can try again.
  await device.unlocks(false);
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(adding.getByRole('alert').filter({ hasText: '44039' })).toContainText('Your browser has not used a passkey.');
  await expectAccessible(page);
  expect(await device.passkeys()).toBe(0);
  await device.unlocks(true);
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Passkey added.' })).toBeVisible();
  await expect(row(page, 'Work laptop')).toContainText('not yet');
  await expectAccessible(page);
  // The device has one: it makes no second one.
  await section(page).getByRole('button', { name: 'Add a passkey' }).click();
  await adding.getByLabel('Name').fill('Again');
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(adding.getByRole('alert').filter({ hasText: '44039' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close without sending' }).click();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await visit('/hub/tokens');
  await hub.at('Sign in to the partner hub');
  await device.unlocks(false);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '44039' })).toBeVisible();
  await expectAccessible(page);
  await device.unlocks(true);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await hub.at('API tokens');

  // What asks who one is takes it, too.
  await demo.ageSessions(16);
  await page.getByRole('button', { name: 'Create token' }).click();
  const form = hub.dialog('Create token');
  await form.getByRole('textbox', { name: 'Name' }).fill('CRM');
  await form.getByRole('button', { name: 'Create token' }).click();
  const proof = hub.dialog('Confirm that it is you');
  await expect(proof.getByLabel('Password', { exact: true })).toBeFocused();
  await expectAccessible(page);
  await proof.getByRole('button', { name: 'Use a passkey' }).click();
  await hub.dialog('Token created').getByRole('button', { name: 'I have copied it' }).click();

  await page.getByRole('link', { name: ADMIN.email }).click();
  await expect(row(page, 'Work laptop')).not.toContainText('not yet');
  await row(page, 'Work laptop').getByRole('button', { name: 'Rename: Work laptop' }).click();
  const renaming = hub.dialog('Rename');
  await renaming.getByLabel('Name').fill('Old laptop');
  await expectAccessible(page);
  await renaming.getByRole('button', { name: 'Save' }).click();
  await row(page, 'Old laptop').getByRole('button', { name: 'Remove: Old laptop' }).click();
  await expectAccessible(page);
  await hub.dialog('Remove').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Passkey removed.' })).toBeVisible();
  await expect(section(page).getByRole('table')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeFocused();

  // The device has it still; the hub does not know it any more.
  expect(await device.passkeys()).toBe(1);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '44038' })).toContainText('This passkey cannot be used here.');
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Customer List');
});

test('the keyboard does for all of it', async ({ hub, page }) => {
  await Device.of(page);
  await hub.signIn();
  await page.getByRole('link', { name: ADMIN.email }).click();
  await section(page).getByRole('button', { name: 'Add a passkey' }).focus();
  await page.keyboard.press('Enter');
  const adding = hub.dialog('Add a passkey');
  await expect(adding.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Work laptop');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Work laptop')).toBeVisible();
  await expect(adding).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign out' }).focus();
  await page.keyboard.press('Enter');
  await hub.at('Sign in to the partner hub');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  const byPasskey = page.getByRole('button', { name: 'Sign in with a passkey' });
  await expect(byPasskey).toBeVisible();
  // Past the form: address, password, what shows it, the form's own button.
  for (let step = 0; step < 5; step++) await page.keyboard.press('Tab');
  await expect(byPasskey).toBeFocused();
  await page.keyboard.press('Enter');
  await hub.at('Customer List');
});

test('where a second factor is required a passkey is one, and the password alone opens nothing', async ({ hub, page, visit }) => {
  const device = await Device.of(page);
  await hub.signIn();
  await visit('/hub/people');
  const requirement = page.getByRole('region', { name: 'Second factor for everybody' });
  await requirement.getByRole('button', { name: 'Require second factor' }).click();
  await hub.dialog('Require second factor').getByRole('button', { name: 'Require second factor' }).click();
  await hub.at('Account');
  await expect(page.getByRole('navigation', { name: 'Hub' })).toHaveCount(0);
  await section(page).getByRole('button', { name: 'Add a passkey' }).click();
  const adding = hub.dialog('Add a passkey');
  await adding.getByLabel('Name').fill('Work laptop');
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(row(page, 'Work laptop')).toBeVisible();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'People' }).click();
  await expect(page.getByRole('row').filter({ hasText: ADMIN.email })).toContainText('Passkeys');
  await expectAccessible(page);

  await page.getByRole('link', { name: ADMIN.email }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Show your passkey');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Show your passkey');
  await device.unlocks(false);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '44039' })).toBeVisible();
  await device.unlocks(true);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await hub.at('Customer List');
});

base('at an address without a name nobody is offered what cannot be', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('link', { name: ADMIN.email }).click();
  await expect(section(page)).toContainText('Passkeys cannot be used in this browser, or at this address of the hub');
  await expect(section(page).getByRole('button', { name: 'Add a passkey' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toHaveCount(0);
});
