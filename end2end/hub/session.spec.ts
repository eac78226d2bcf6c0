import type { BrowserContext, Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { withoutCookies } from '../cookies.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { Hub } from '../hub.ts';
import { ADMIN, type Server } from '../server.ts';

const REFUSED = 'The email address or the password is not right.';

test('signing in leads to where one wanted to go, signing out ends it', async ({ hub, page, visit }) => {
  await visit('/hub/customers');
  await hub.at('Sign in to the partner hub');
  await expectAccessible(page);
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Customer List');
  await expect(page).toHaveURL('/hub/customers');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await visit('/hub');
  await hub.at('Sign in to the partner hub');
});

test('an unknown address and a wrong password get the same words', async ({ hub, page, visit }) => {
  await visit('/hub/sign-in');
  for (const email of [ADMIN.email, 'nobody@example.com']) {
    await hub.enter(email, 'not the password');
    await expect(page.getByRole('alert')).toContainText(REFUSED);
    await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue(email);
  }
  await expectAccessible(page);
});

test('after eight wrong passwords not even the right one is looked at', async ({ hub, page, visit }) => {
  await visit('/hub/sign-in');
  for (let tries = 0; tries < 8; tries += 1) {
    const answer = page.waitForResponse('**/api/hub/sign-in*');
    await hub.enter(ADMIN.email, `wrong ${tries}`);
    await answer;
    await expect(page.getByRole('alert')).toContainText(REFUSED);
    await expect(page.getByRole('button', { name: 'Sign in' })).not.toHaveAttribute('aria-busy', 'true');
  }
  await hub.enter(ADMIN.email, ADMIN.password);
  await expect(page.getByRole('alert')).toContainText('There were too many attempts.');
  await expect(page.getByRole('alert')).toContainText(/You can try again in \d+ minutes?/);
});

test('whoever is signed out under a dialog signs in beside it, and what was typed stays', async ({ context, hub }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  const dialog = hub.dialog('Retry Activation');
  await dialog.getByRole('textbox', { name: 'Email address' }).fill('kept@home.example');
  await context.clearCookies();
  const onboard = dialog.getByRole('button', { name: 'Onboard', exact: true });
  await onboard.click();
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    dialog.getByRole('link', { name: 'Sign in' }).click(),
  ]);
  const beside = new Hub(tab, async () => undefined);
  await beside.at('Sign in to the partner hub');
  await hydrated(tab);
  await beside.enter(ADMIN.email, ADMIN.password);
  await beside.at('Customer List');
  await onboard.click();
  await expect(dialog).toBeHidden();
  await hub.expectStatus(row, 'Provisioned');
});

test('a page that is signed out elsewhere is left, but not what was typed in it', async ({ context, hub, page }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  const dialog = hub.dialog('Retry Activation');
  await dialog.getByRole('textbox', { name: 'Email address' }).fill('kept@home.example');
  // The page's stream of events ends with the session, and the page reads again.
  const refused = page.waitForResponse((answer) => answer.url().includes('/api/hub/user-') && answer.status() === 401);
  const tab = await context.newPage();
  await tab.goto('/hub');
  await hydrated(tab);
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await (await refused).finished();
  await expect(dialog.getByRole('textbox', { name: 'Email address' })).toHaveValue('kept@home.example');
  await dialog.getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(dialog.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close without sending' }).click();
  // At the next reading.
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to the partner hub' })).toBeVisible({ timeout: 30_000 });
});

test('a page that shows nothing new by itself is left as well when its reader is signed out', async ({ context, hub, page }) => {
  await page.clock.install();
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'People' }).click();
  await hub.at('People');
  const tab = await context.newPage();
  await tab.goto('/hub');
  await hydrated(tab);
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await expect(tab.getByRole('heading', { level: 1, name: 'Sign in to the partner hub' })).toBeVisible();
  const refused = page.waitForResponse((answer) => answer.url().includes('/api/hub/staged-deletions') && answer.status() === 401);
  await page.clock.fastForward(31_000);
  await (await refused).finished();
  await page.clock.fastForward(31_000);
  await hub.at('Sign in to the partner hub');
});

test('another partner sees nothing of this one', async ({ demo, hub, page, visit }) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const foreign = new URL(page.url());
  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');

  const told = await demo.command('admin', 'add', 'other@example.com', '--partner', 'Southwind');
  const password = /^password\s+(\S+)$/m.exec(told)?.[1] ?? '';
  await hub.signIn({ email: 'other@example.com', password });
  await expect(page.getByText('No customers yet')).toBeVisible();
  await expectAccessible(page);
  const users = foreign.pathname;
  for (const path of [users, users.replace(/\/users$/, '')]) {
    await visit(path);
    await expect(page.getByText('What you asked for does not exist, or you have no access to it.')).toBeVisible();
  }
  const csv = await page.request.get(`${users}.csv`);
  expect(csv.status()).toBe(404);
});

/** In a new tab, signs out whoever is signed in, and an administrator of another partner in. */
async function signInElsewhere(context: BrowserContext, demo: Server): Promise<Page> {
  const told = await demo.command('admin', 'add', 'other@example.com', '--partner', 'Southwind');
  const password = /^password\s+(\S+)$/m.exec(told)?.[1] ?? '';
  const tab = await context.newPage();
  const other = new Hub(tab, async (path) => {
    await tab.goto(path);
    await hydrated(tab);
  });
  await tab.goto('/hub');
  await hydrated(tab);
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await other.at('Sign in to the partner hub');
  await other.enter('other@example.com', password);
  await other.at('Customer List');
  return tab;
}

for (const [way, open, notice] of [
  [
    'when its reader comes back to it',
    async (hub: Hub) => hub.at('Customer List'),
    (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('focus'))),
  ],
  [
    'when its stream of events ends',
    async (hub: Hub) => hub.openUserStatus('Aurora Dental Group', 'Office users'),
    async () => {},
  ],
] as const) {
  test(`a page says that somebody else is signed in now, ${way}`, async ({ context, demo, hub, page }) => {
    await hub.signIn();
    await open(hub);
    await signInElsewhere(context, demo);
    await notice(page);
    await expect(page.getByRole('alert')).toContainText('You are now signed in as other@example.com');
    await expectAccessible(page);
    await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click();
    await expect(page.getByText('other@example.com')).toBeVisible();
    await expect(page.getByText('You are now signed in as')).toHaveCount(0);
  });
}

test('a page of one administrator does nothing as another one', async ({ context, demo, hub, page }) => {
  await hub.signIn();
  await page.getByRole('link', { name: 'API tokens' }).click();
  await hub.at('API tokens');
  await signInElsewhere(context, demo);

  await page.getByRole('button', { name: 'Create token' }).click();
  const dialog = hub.dialog('Create token');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('CRM');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByRole('alert')).toContainText('This page was made for somebody else');
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('CRM');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('link', { name: 'Customers' }).click();
  await expect(page.getByRole('alert')).toContainText('This page was made for somebody else');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByText('No customers yet')).toBeVisible();
  await expect(page.getByText('other@example.com')).toBeVisible();
  await page.getByRole('link', { name: 'API tokens' }).click();
  await expect(page.getByText('No tokens yet')).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('what is missing at the sign-in is named', async ({ hub, page, visit }) => {
      await visit('/hub/sign-in');
      await hub.enter('', '');
      await expect(page.getByRole('alert')).toContainText('The email address and the password are missing.');
      await hub.enter(ADMIN.email, '');
      await expect(page.getByRole('alert')).toContainText('The password is missing.');
      await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue(ADMIN.email);
      await expect(page.getByRole('textbox', { name: 'Email address' })).not.toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
      await hub.enter('', ADMIN.password);
      await expect(page.getByRole('alert')).toContainText('The email address is missing.');
      await expect(page.getByRole('textbox', { name: 'Email address' })).toBeFocused();
      expect(page.url()).toMatch(/\/hub\/sign-in(\?next=%2Fhub)?$/);
      await hub.enter(ADMIN.email, ADMIN.password);
      await hub.at('Customer List');
    });

    test('a browser that keeps no cookies is told so', async ({ context, hub, page, visit }) => {
      await withoutCookies(context);
      await visit('/hub/sign-in');
      await hub.enter(ADMIN.email, ADMIN.password);
      await expect(page.getByRole('alert')).toContainText('Your browser did not keep the cookie');
    });
  });
}
